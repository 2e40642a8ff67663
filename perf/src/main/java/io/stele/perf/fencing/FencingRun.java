package io.stele.perf.fencing;

import io.stele.client.Bytes;
import io.stele.client.DeleteOptions;
import io.stele.client.GetResult;
import io.stele.client.SteleClient;
import io.stele.client.recipes.LeaseSession;
import io.stele.client.recipes.Mutex;
import io.stele.perf.load.BenchException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Holders of locks that stand still for longer than their leases. Meanwhile another one gets each lock and writes what
 * it protects; then the holder wakes and writes too. Where tokens are looked at that write must be refused, every time.
 * Where they are not it must go through, or the run has shown nothing.
 */
public final class FencingRun {
    private static final String SUCCESSOR = "the successor";
    private static final long SUCCESSOR_TTL_SECONDS = 120;
    private static final long WAIT_MAX_SECONDS = 120;
    private static final long HANDOVER_MAX_NS = TimeUnit.HOURS.toNanos(1);

    private final FencingPlan plan;
    private final String endpoints;
    private final FencedKeys keys;
    private final Histogram handovers = new ConcurrentHistogram(1_000, HANDOVER_MAX_NS, 3);
    private final List<String> violations = new ArrayList<>();
    private int pauses;
    private int believed;
    private int guarded;
    private int unguarded;
    private int tokened;
    private int untokened;

    private FencingRun(FencingPlan plan, String endpoints, FencedKeys keys) {
        this.plan = plan;
        this.endpoints = endpoints;
        this.keys = keys;
    }

    /** All runs of the plan, batch by batch; after each one the listener hears how many are done. */
    public static FencingResult run(FencingPlan plan, List<String> endpointList, Consumer<Integer> onDone)
            throws IOException, InterruptedException {
        String endpoints = String.join(",", endpointList);
        String prefix = "stele-bench-fencing/" + System.currentTimeMillis() + "/";
        try (SteleClient client = FencedKeys.connect(endpoints)) {
            FencingRun run = new FencingRun(plan, endpoints, new FencedKeys(client, prefix));
            for (int first = 0; first < plan.runs(); first += plan.batch()) {
                int count = Math.min(plan.batch(), plan.runs() - first);
                run.batch(first, count);
                onDone.accept(first + count);
            }
            await(client.kv().delete(Bytes.of(prefix), DeleteOptions.DEFAULT.withPrefix()));
            return run.result();
        }
    }

    private FencingResult result() {
        return new FencingResult(
                pauses, believed, guarded, unguarded, tokened, untokened, handovers, List.copyOf(violations));
    }

    private void batch(int first, int count) throws IOException, InterruptedException {
        List<Protected> all = new ArrayList<>(count);
        List<String> arguments =
                List.of(endpoints, keys.prefix(), Long.toString(plan.ttlSeconds()), "" + first, "" + count);
        try (HolderProcess holder = HolderProcess.start(arguments);
                LeaseSession session = await(LeaseSession.open(keys.client(), SUCCESSOR_TTL_SECONDS))) {
            for (int i = 0; i < count; i++) {
                Protected each = new Protected(first + i);
                each.write(Long.parseLong(holder.next(LockHolder.HELD)[2]), LockHolder.ON_TIME);
                all.add(each);
            }
            holder.pause(true);
            pauses++;
            long pausedNs = System.nanoTime();
            List<CompletableFuture<Void>> successions = new ArrayList<>(count);
            for (Protected each : all) {
                successions.add(succeed(each, session, pausedNs));
            }
            await(CompletableFuture.allOf(successions.toArray(CompletableFuture[]::new)));
            long leftNs = TimeUnit.MILLISECONDS.toNanos(plan.pauseMs()) - (System.nanoTime() - pausedNs);
            TimeUnit.NANOSECONDS.sleep(Math.max(0, leftNs));
            holder.say(LockHolder.WRITE);
            holder.pause(false);
            for (Protected each : all) {
                onLateWrite(each, holder.next(LockHolder.LATE));
            }
            for (Protected each : all) {
                checkStore(each.run);
            }
        }
    }

    /** Another one waits for the lock, gets it, and writes everything that it protects. */
    private CompletableFuture<Void> succeed(Protected each, LeaseSession session, long pausedNs) {
        return new Mutex(session, keys.lock(each.run)).lock().thenCompose(held -> {
            handovers.recordValue(Math.min(System.nanoTime() - pausedNs, HANDOVER_MAX_NS));
            boolean isWritten = each.write(held.revision(), SUCCESSOR);
            Bytes content = Bytes.of(SUCCESSOR);
            return keys.writeGuarded(each.run, held, content)
                    .thenCombine(keys.writeUnguarded(each.run, content), (guardedWritten, unguardedWritten) -> {
                        if (!isWritten || !guardedWritten) {
                            throw new BenchException("run " + each.run + ": who holds the lock was refused");
                        }
                        return null;
                    });
        });
    }

    private void onLateWrite(Protected each, String[] words) {
        long token = Long.parseLong(words[2]);
        believed += Boolean.parseBoolean(words[3]) ? 1 : 0;
        boolean isGuardedWritten = Boolean.parseBoolean(words[4]);
        boolean isTokenedWritten = each.tokened.write(token, LockHolder.TOO_LATE);
        each.untokened.write(token, LockHolder.TOO_LATE);
        if (isGuardedWritten) {
            violations.add("run " + each.run + ": the store took a late write whose condition was the lock");
        }
        if (isTokenedWritten || !each.tokened.content().equals(SUCCESSOR)) {
            violations.add("run " + each.run + ": a resource took a late write with token " + token);
        } else {
            tokened++;
        }
        untokened += each.untokened.content().equals(LockHolder.TOO_LATE) ? 1 : 0;
    }

    /** What holders were told is one thing, what is there another. */
    private void checkStore(int run) throws InterruptedException {
        String care = content(keys.guarded(run));
        if (care.equals(SUCCESSOR)) {
            guarded++;
        } else {
            violations.add("run " + run + ": what the lock protects in the store is by " + care);
        }
        unguarded += content(keys.unguarded(run)).equals(LockHolder.TOO_LATE) ? 1 : 0;
    }

    private String content(Bytes key) throws InterruptedException {
        GetResult found = await(keys.client().kv().get(key));
        return found.first() == null ? "nobody" : found.first().value().toString();
    }

    private static <T> T await(CompletableFuture<T> future) throws InterruptedException {
        try {
            return future.get(WAIT_MAX_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new BenchException(e.getCause().toString(), e);
        } catch (TimeoutException e) {
            throw new BenchException("nothing within " + WAIT_MAX_SECONDS + " s", e);
        }
    }

    /** What a lock protects outside of the store, once with care and once without. */
    private static final class Protected {
        private final int run;
        private final TokenResource tokened = new TokenResource(true);
        private final TokenResource untokened = new TokenResource(false);

        Protected(int run) {
            this.run = run;
        }

        boolean write(long token, String content) {
            return tokened.write(token, content) && untokened.write(token, content);
        }
    }
}
