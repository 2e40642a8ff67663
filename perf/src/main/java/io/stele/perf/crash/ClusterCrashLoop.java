package io.stele.perf.crash;

import io.stele.client.Bytes;
import io.stele.client.ClientContext;
import io.stele.client.GetResult;
import io.stele.client.KeyValue;
import io.stele.client.SteleClient;
import io.stele.perf.load.BenchException;
import io.stele.perf.process.Standstills;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Does harm to the leader of a cluster of real processes under load, again and again, and checks the history of what a
 * client has seen: nothing acknowledged is lost, nothing is done twice, every read is linearizable, no request fails.
 *
 * <p>Each key has one writer, which writes 1, 2, 3, ... and begins with the next when the one before is acknowledged;
 * reads are under way beside. {@link RegisterHistory} says what must hold.
 */
public final class ClusterCrashLoop {
    /** What is done to the leader. */
    public enum Fault {
        /** SIGKILL, and a new start. */
        KILL,
        /** SIGSTOP, and SIGCONT when others have long gone on. */
        PAUSE,
        /** SIGTERM, and a new start: nobody should notice. */
        RESTART,
        /** The same for all members in turn, whoever leads. */
        ROLL,
        /** It is cut off from the others for some seconds, but not from the client. */
        CUT,
        /** It is heard by the others but hears nothing. */
        CUT_IN,
        /** It hears the others but is not heard. */
        CUT_OUT,
        /** A follower is stopped, bits of its log or its pages flip, and it starts again. */
        ROT
    }

    private static final int KEYS = 32;
    private static final Duration TIMEOUT = Duration.ofSeconds(90);
    private static final int CALM_MS_MIN = 100;
    private static final int CALM_MS_MAX = 600;
    private static final int PAUSE_MS = 2_500;
    private static final int AFTER_KILL_MS = 1_500;

    private final Path directory;
    private final MemberHosts hosts;
    private final int memberCount;
    private final SplittableRandom random;
    private final List<String> flags;
    private final Consumer<String> progress;
    private final RegisterHistory[] histories = new RegisterHistory[KEYS];
    private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();
    private final Standstills standstills = Standstills.watched();
    private final WriteGaps gaps = new WriteGaps(standstills, System::nanoTime);
    private volatile boolean isStopped;

    /**
     * Prepares a loop.
     *
     * @param directory where data and logs of the members go
     * @param hosts where the members run
     * @param seed of the moments
     * @param flags of all servers
     * @param progress told how it goes, a line each fault
     */
    public ClusterCrashLoop(
            Path directory,
            MemberHosts hosts,
            int memberCount,
            long seed,
            List<String> flags,
            Consumer<String> progress) {
        this.directory = directory;
        this.hosts = hosts;
        this.memberCount = memberCount;
        this.flags = flags;
        this.progress = progress;
        random = new SplittableRandom(seed);
        for (int i = 0; i < KEYS; i++) {
            histories[i] = new RegisterHistory();
        }
    }

    /** Does harm so many times, in turn, with a rest before each; returns what was violated, nothing if all is well. */
    public List<String> run(int rounds, List<Fault> faults, Duration rest) throws IOException, InterruptedException {
        try (standstills;
                ClusterProcesses cluster = new ClusterProcesses(directory, hosts, memberCount, flags);
                SteleClient client = SteleClient.connect(
                        new ClientContext().endpoints(cluster.endpoints()).requestTimeout(TIMEOUT))) {
            List<CompletableFuture<Void>> load = new ArrayList<>();
            for (int key = 0; key < KEYS; key++) {
                int register = key;
                load.add(again(() -> write(client, register)));
                load.add(again(() -> read(client, register)));
            }
            for (int round = 0; round < rounds && violations.isEmpty(); round++) {
                Fault fault = faults.get(round % faults.size());
                Thread.sleep(rest.toMillis() + random.nextInt(CALM_MS_MIN, CALM_MS_MAX)); // the moment of the fault
                gaps.begin();
                String what = harm(cluster, victim(fault, round, cluster.leader(client)), fault);
                gaps.end();
                progress.accept((round + 1) + " of " + rounds + " " + what + ": " + gaps.lastInWords() + "; "
                        + acknowledged.get() + " writes, " + reads.get() + " reads, " + violations.size()
                        + " violations");
            }
            isStopped = true;
            load.forEach(CompletableFuture::join);
            verifyAll(client);
            stopAll(cluster);
        }
        return List.copyOf(violations);
    }

    private int victim(Fault fault, int round, int leader) {
        int known = leader < 0 ? random.nextInt(memberCount) : leader;
        return switch (fault) {
            case KILL, PAUSE, RESTART, CUT, CUT_IN, CUT_OUT -> known;
            case ROLL -> round % memberCount;
            case ROT -> (known + 1) % memberCount;
        };
    }

    /** Returns what was done, in words. */
    private String harm(ClusterProcesses cluster, int victim, Fault fault) throws IOException, InterruptedException {
        String what = fault + " of m" + victim;
        switch (fault) {
            case KILL -> {
                cluster.node(victim).kill();
                Thread.sleep(AFTER_KILL_MS); // the others go on for a while
                cluster.start(victim);
            }
            case PAUSE -> {
                cluster.node(victim).pause(true);
                Thread.sleep(PAUSE_MS);
                cluster.node(victim).pause(false);
            }
            case RESTART, ROLL -> {
                what += stop(cluster, victim);
                cluster.start(victim);
            }
            case CUT, CUT_IN, CUT_OUT -> {
                hosts.cut(victim, fault != Fault.CUT_OUT, fault != Fault.CUT_IN);
                Thread.sleep(PAUSE_MS);
                hosts.heal(victim);
            }
            case ROT -> {
                what += stop(cluster, victim) + ", " + Rot.strike(cluster.dataDirectory(victim), random);
                cluster.start(victim);
            }
        }
        return what;
    }

    private String stop(ClusterProcesses cluster, int victim) throws InterruptedException {
        long beginNs = System.nanoTime();
        int exitCode = cluster.node(victim).stop();
        if (exitCode != 0) {
            violations.add("member " + victim + " stopped with exit code " + exitCode);
        }
        return ", gone after " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beginNs) + " ms";
    }

    private void verifyAll(SteleClient client) {
        for (int key = 0; key < KEYS; key++) {
            long number = number(client.kv().get(key(key)).join(), null);
            if (number != histories[key].acknowledged()) {
                violations.add(key(key) + ": " + number + " in the end, but " + histories[key].acknowledged()
                        + " was acknowledged last");
            }
        }
    }

    private void stopAll(ClusterProcesses cluster) throws InterruptedException {
        for (int i = 0; i < cluster.count(); i++) {
            int exitCode = cluster.node(i).stop();
            if (exitCode != 0) {
                violations.add("member " + i + " stopped with exit code " + exitCode + " in the end");
            }
        }
    }

    /** Faults that were done to the end. */
    public int faultCount() {
        return gaps.count();
    }

    /** Writes acknowledged. */
    public long acknowledgedCount() {
        return acknowledged.get();
    }

    /** Reads answered. */
    public long readCount() {
        return reads.get();
    }

    /** Milliseconds without a write acknowledged that so much of the faults did not exceed. */
    public long gapMs(double share) {
        return gaps.percentileMs(share);
    }

    private static Bytes key(int key) {
        return Bytes.of("register/" + key);
    }

    /** The number read, 0 when there is none; its version goes to {@code version}. */
    private static long number(GetResult result, long[] version) {
        KeyValue pair = result.first();
        if (version != null) {
            version[0] = pair == null ? 0 : pair.version();
        }
        return pair == null ? 0 : Long.parseLong(pair.value().utf8());
    }

    /** Does the same one time after the other, until the end or the first failure. */
    private CompletableFuture<Void> again(Supplier<CompletableFuture<Void>> turn) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        again(turn, end);
        return end;
    }

    private void again(Supplier<CompletableFuture<Void>> turn, CompletableFuture<Void> end) {
        if (isStopped) {
            end.complete(null);
            return;
        }
        var unused = turn.get().whenCompleteAsync((nothing, failure) -> {
            if (failure != null) {
                violations.add(failure.toString());
                end.complete(null);
            } else {
                again(turn, end);
            }
        });
    }

    private CompletableFuture<Void> write(SteleClient client, int key) {
        long number = histories[key].onSend();
        return told(key, "write", client.kv().put(key(key), Bytes.of(Long.toString(number))))
                .thenAccept(result -> {
                    histories[key].onAcknowledged(number);
                    acknowledged.incrementAndGet();
                    gaps.onAcknowledged();
                });
    }

    private CompletableFuture<Void> read(SteleClient client, int key) {
        long floor = histories[key].onRead();
        return told(key, "read", client.kv().get(key(key))).thenAccept(result -> {
            long[] version = new long[1];
            long number = number(result, version);
            String violation = histories[key].check("register/" + key, floor, number, version[0]);
            if (violation != null) {
                violations.add(violation);
            }
            reads.incrementAndGet();
        });
    }

    /** The same, with a failure that says whose it is. */
    private static <T> CompletableFuture<T> told(int key, String what, CompletableFuture<T> call) {
        return call.exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                new BenchException(key(key) + ": a " + what + " has failed: " + failure, failure)));
    }
}
