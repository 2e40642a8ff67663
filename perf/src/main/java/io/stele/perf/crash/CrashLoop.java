package io.stele.perf.crash;

import io.stele.client.Bytes;
import io.stele.client.ClientContext;
import io.stele.client.GetResult;
import io.stele.client.SteleClient;
import io.stele.perf.load.BenchException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Kills a node under load with SIGKILL at random moments, restarts it, and checks every acknowledged write, again and
 * again on one data directory. Process crashes only: the kernel keeps what was written, so this shows that recovery is
 * right, not that forces are.
 */
public final class CrashLoop {
    private static final int KEYS = 5_000;
    private static final int IN_FLIGHT = 128;
    private static final int VALUE_LENGTH_MAX = 2_000;
    private static final int KILL_AFTER_MS_MIN = 20;
    private static final int KILL_AFTER_MS_MAX = 700;
    private static final int TIMEOUT_S = 60;

    private final Path directory;
    private final SplittableRandom random;
    private final List<String> flags;
    private final Consumer<String> progress;
    private final AckLedger ledger = new AckLedger(KEYS);

    /**
     * Prepares a loop.
     *
     * @param directory where the node's data and log go
     * @param seed of keys, lengths and moments
     * @param flags of the server, beside its directory and port
     * @param progress told how it goes, a line each round
     */
    public CrashLoop(Path directory, long seed, List<String> flags, Consumer<String> progress) {
        this.directory = directory;
        this.flags = flags;
        this.progress = progress;
        random = new SplittableRandom(seed);
    }

    /** Runs so many kills; returns what was violated, nothing if all is well. */
    public List<String> run(int rounds) throws IOException, InterruptedException {
        List<String> violations = new ArrayList<>();
        for (int round = 1; round <= rounds && violations.isEmpty(); round++) {
            try (NodeProcess node = start()) {
                verify(node, violations);
                loadAndKill(node);
            }
            progress.accept("round " + round + " of " + rounds + ": " + ledger.acknowledgedCount()
                    + " acknowledged writes, " + violations.size() + " violations");
        }
        try (NodeProcess node = start()) {
            verify(node, violations);
            if (node.stop() != 0) {
                violations.add("the node did not stop with exit code 0");
            }
        }
        return violations;
    }

    /** Writes acknowledged in all rounds. */
    public long acknowledgedCount() {
        return ledger.acknowledgedCount();
    }

    private NodeProcess start() throws IOException {
        return NodeProcess.start(directory.resolve("data"), directory.resolve("node.log"), flags);
    }

    private void loadAndKill(NodeProcess node) throws InterruptedException {
        AtomicBoolean stopped = new AtomicBoolean();
        Semaphore slots = new Semaphore(IN_FLIGHT);
        SplittableRandom writerRandom = random.split();
        int killAfterMs = random.nextInt(KILL_AFTER_MS_MIN, KILL_AFTER_MS_MAX);
        try (SteleClient client = connect(node)) {
            Thread writer = new Thread(() -> write(client, writerRandom, slots, stopped), "crash-writer");
            writer.start();
            writer.join(killAfterMs); // the moment of the kill, not a wait for anything
            node.kill();
            stopped.set(true);
            slots.release();
            writer.join();
        }
    }

    private void write(SteleClient client, SplittableRandom keys, Semaphore slots, AtomicBoolean stopped) {
        // One write of a key is in flight at a time, for the order of two on the wire is not that of their answers.
        AtomicBoolean[] busy = new AtomicBoolean[KEYS];
        for (int i = 0; i < KEYS; i++) {
            busy[i] = new AtomicBoolean();
        }
        while (!stopped.get()) {
            slots.acquireUninterruptibly();
            int key = keys.nextInt(KEYS);
            if (stopped.get() || !busy[key].compareAndSet(false, true)) {
                slots.release();
                continue;
            }
            long number = ledger.onSend(key);
            CompletableFuture<?> put = client.kv().put(key(key), value(number, keys.nextInt(VALUE_LENGTH_MAX)));
            var unused = put.whenComplete((result, failure) -> {
                if (failure == null) {
                    ledger.onAcknowledged(key, number);
                    busy[key].set(false);
                }
                slots.release(); // a failed write's outcome is unknown: its key stays out of use until the restart
            });
        }
    }

    private void verify(NodeProcess node, List<String> violations) throws InterruptedException {
        try (SteleClient client = connect(node)) {
            List<CompletableFuture<GetResult>> reads = new ArrayList<>();
            for (int key = 0; key < KEYS; key++) {
                reads.add(client.kv().get(key(key)));
            }
            for (int key = 0; key < KEYS; key++) {
                GetResult result = reads.get(key).get(TIMEOUT_S, TimeUnit.SECONDS);
                long number = result.pairs().isEmpty()
                        ? 0
                        : number(result.pairs().get(0).value());
                String violation = ledger.verify(key, number);
                if (violation != null) {
                    violations.add(violation);
                }
                ledger.settle(key, number);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new BenchException("cannot read back after a restart: " + e.getMessage(), e);
        }
    }

    private static SteleClient connect(NodeProcess node) {
        return SteleClient.connect(new ClientContext()
                .endpoints(node.endpoint())
                .connectionCount(1)
                .inFlightMax(2 * KEYS)
                .requestTimeout(Duration.ofSeconds(TIMEOUT_S)));
    }

    private static Bytes key(int key) {
        return Bytes.of(String.format("crash/%06d", key));
    }

    /** The number in decimal, then dots up to the length. */
    private static Bytes value(long number, int length) {
        StringBuilder text = new StringBuilder().append(number).append('|');
        while (text.length() < length) {
            text.append('.');
        }
        return Bytes.of(text.toString());
    }

    private static long number(Bytes value) {
        String text = new String(value.toArray(), StandardCharsets.US_ASCII);
        return Long.parseLong(text.substring(0, text.indexOf('|')));
    }
}
