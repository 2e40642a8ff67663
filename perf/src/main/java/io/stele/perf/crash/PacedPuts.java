package io.stele.perf.crash;

import io.stele.client.Bytes;
import io.stele.client.SteleClient;
import io.stele.perf.load.BenchException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Puts at an even pace, their times counted from when they were due; or as fast as they are taken. */
final class PacedPuts {
    private static final int KEYS = 1_000;
    private static final int VALUE_LENGTH = 256;
    private static final int LOAD_IN_FLIGHT = 64;
    private static final int PACED_IN_FLIGHT = 100_000;
    private static final long LATENCY_MAX_NS = TimeUnit.HOURS.toNanos(1);

    private final SteleClient client;
    private final long intervalNs;

    PacedPuts(SteleClient client, int putsPerSecond) {
        this.client = client;
        intervalNs = TimeUnit.SECONDS.toNanos(1) / putsPerSecond;
    }

    /** Until it is over; returns when all have been answered. */
    Histogram until(Future<?> over) throws InterruptedException {
        ConcurrentHistogram times = new ConcurrentHistogram(1_000, LATENCY_MAX_NS, 3);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Semaphore room = new Semaphore(PACED_IN_FLIGHT);
        Bytes value = Bytes.of("v".repeat(VALUE_LENGTH));
        long beginNs = System.nanoTime();
        for (long i = 0; !over.isDone() && failure.get() == null; i++) {
            long dueNs = beginNs + i * intervalNs;
            for (long nowNs = System.nanoTime(); nowNs < dueNs; nowNs = System.nanoTime()) {
                LockSupport.parkNanos(dueNs - nowNs);
            }
            room.acquire();
            var unused = client.kv().put(Bytes.of("paced/" + i % KEYS), value).whenComplete((result, thrown) -> {
                if (thrown == null) {
                    times.recordValue(System.nanoTime() - dueNs);
                } else {
                    failure.compareAndSet(null, thrown);
                }
                room.release();
            });
        }
        room.acquire(PACED_IN_FLIGHT);
        check(failure.get());
        return times.copy();
    }

    /** Keys from one number to another, as fast as they are taken. */
    void load(String prefix, long from, long to, Bytes value) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Semaphore room = new Semaphore(LOAD_IN_FLIGHT);
        for (long i = from; i < to && failure.get() == null; i++) {
            room.acquire();
            var unused = client.kv().put(Bytes.of(prefix + i), value).whenComplete((result, thrown) -> {
                if (thrown != null) {
                    failure.compareAndSet(null, thrown);
                }
                room.release();
            });
        }
        room.acquire(LOAD_IN_FLIGHT);
        check(failure.get());
    }

    private static void check(Throwable failure) {
        if (failure != null) {
            throw new BenchException("a put has failed: " + failure.getMessage(), failure);
        }
    }
}
