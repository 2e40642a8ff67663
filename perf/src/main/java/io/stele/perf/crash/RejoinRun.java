package io.stele.perf.crash;

import io.stele.client.Bytes;
import io.stele.client.ClientContext;
import io.stele.client.SteleClient;
import io.stele.perf.load.BenchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/** A member is killed, misses more than the others keep of the log, and comes back: what do the puts feel of it? */
public final class RejoinRun {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final long REJOIN_MAX_NS = TimeUnit.MINUTES.toNanos(10);
    private static final long LOOK_AGAIN_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final String INSTALLED = "is installed";
    private static final String PREFIX = "state/";

    private final RejoinPlan plan;
    private final Path directory;
    private final Consumer<String> progress;

    public RejoinRun(RejoinPlan plan, Path directory, Consumer<String> progress) {
        this.plan = plan;
        this.directory = directory;
        this.progress = progress;
    }

    /** Runs a cluster of its own in the directory. */
    public RejoinResult run(List<String> flags) throws IOException, InterruptedException {
        try (ClusterProcesses cluster = new ClusterProcesses(directory, new MemberHosts(null), plan.members(), flags);
                SteleClient client = connect(cluster.endpoints())) {
            PacedPuts puts = new PacedPuts(client, plan.putsPerSecond());
            byte[] bytes = new byte[plan.valueLength()];
            new Random(1).nextBytes(bytes);
            Bytes value = Bytes.of(bytes);
            progress.accept("loading " + plan.valuesBefore() + " values");
            puts.load(PREFIX, 0, plan.valuesBefore(), value);
            progress.accept("puts with all members");
            Histogram whole = puts.until(phase());
            int away = follower(cluster, client);
            cluster.node(away).kill();
            progress.accept("member " + away + " is killed, and misses " + (plan.values() - plan.valuesBefore())
                    + " more of them");
            puts.load(PREFIX, plan.valuesBefore(), plan.values(), value);
            progress.accept("puts without it");
            Histogram without = puts.until(phase());
            progress.accept("it comes back");
            int leader = cluster.leader(client);
            long beginNs = System.nanoTime();
            CompletableFuture<Long> start = CompletableFuture.supplyAsync(() -> start(cluster, away, beginNs));
            Histogram starting = puts.until(start);
            progress.accept("it serves, and gets the state");
            CompletableFuture<RejoinResult.Rejoined> back =
                    CompletableFuture.supplyAsync(() -> rejoin(cluster, client, away, leader, beginNs, start.join()));
            Histogram receiving = puts.until(back);
            boolean isEqual = isEqual(cluster, client);
            long stateBytes = Files.size(cluster.dataDirectory(away).resolve("pages"));
            cluster.stop();
            return new RejoinResult(
                    whole, without, starting, receiving, back.join(), stateBytes, isBySnapshot(away), isEqual);
        }
    }

    private static SteleClient connect(String endpoints) {
        return SteleClient.connect(new ClientContext().endpoints(endpoints).requestTimeout(TIMEOUT));
    }

    private static int follower(ClusterProcesses cluster, SteleClient client) {
        int leader = cluster.leader(client);
        if (leader < 0) {
            throw new BenchException("nobody leads");
        }
        return (leader + 1) % cluster.count();
    }

    private CompletableFuture<Void> phase() {
        return CompletableFuture.runAsync(() -> {
            long endNs = System.nanoTime() + plan.phase().toNanos();
            for (long nowNs = System.nanoTime(); nowNs < endNs; nowNs = System.nanoTime()) {
                LockSupport.parkNanos(endNs - nowNs);
            }
        });
    }

    private static long start(ClusterProcesses cluster, int away, long beginNs) {
        cluster.start(away);
        return System.nanoTime() - beginNs;
    }

    /** Returns when the member has all that there was when it was ready. */
    private static RejoinResult.Rejoined rejoin(
            ClusterProcesses cluster, SteleClient client, int away, int leader, long beginNs, long startNs) {
        long wanted = revision(client);
        long leaderBytes = 0;
        long memberBytes = 0;
        try (SteleClient ofMember = connect(cluster.endpoint(away))) {
            while (revision(ofMember) < wanted) {
                if (System.nanoTime() - beginNs > REJOIN_MAX_NS) {
                    throw new BenchException("the member is not up to date after "
                            + TimeUnit.NANOSECONDS.toMinutes(REJOIN_MAX_NS) + " minutes");
                }
                leaderBytes = Math.max(
                        leaderBytes,
                        LeaderKills.anonymousBytes(cluster.node(leader).pid()));
                memberBytes = Math.max(
                        memberBytes,
                        LeaderKills.anonymousBytes(cluster.node(away).pid()));
                LockSupport.parkNanos(LOOK_AGAIN_NS);
            }
        }
        return new RejoinResult.Rejoined(startNs, System.nanoTime() - beginNs, leaderBytes, memberBytes);
    }

    private static long revision(SteleClient client) {
        return client.maintenance().status().join().header().revision();
    }

    /** Whether each member, asked by itself, has the same hash of all pairs and all versions up to one revision. */
    private static boolean isEqual(ClusterProcesses cluster, SteleClient client) {
        long revision = revision(client);
        Set<Long> hashes = new HashSet<>();
        for (int i = 0; i < cluster.count(); i++) {
            try (SteleClient ofMember = connect(cluster.endpoint(i))) {
                ofMember.kv().get(Bytes.of(PREFIX + 0)).join(); // linearizable: it has applied that revision
                hashes.add(ofMember.maintenance().hashKv(revision).join().hash());
            }
        }
        return hashes.size() == 1;
    }

    /** The leader says so. */
    private boolean isBySnapshot(int away) throws IOException {
        for (int i = 0; i < plan.members(); i++) {
            Path log = directory.resolve("m" + i + ".log");
            if (i != away && Files.exists(log) && Files.readString(log).contains(INSTALLED)) {
                return true;
            }
        }
        return false;
    }
}
