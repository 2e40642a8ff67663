package io.stele.perf.watch;

import io.stele.perf.load.Completion;
import java.util.BitSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Puts, at a rate whatever becomes of them, or as many as may be under way; remembers which were acknowledged. */
final class PutLoad {
    private static final int IN_FLIGHT_MAX = 1024;
    private static final int BULK_IN_FLIGHT = 256;
    private static final long LATENCY_MAX_NS = 3_600_000_000_000L;

    private final Putter putter;
    private final long keys;
    private final int valueLength;
    private final Semaphore room = new Semaphore(IN_FLIGHT_MAX);
    private final BitSet acknowledged = new BitSet();
    private volatile Histogram latency = newHistogram();
    private long nextPut;
    private long failed;

    PutLoad(Putter putter, long keys, int valueLength) {
        this.putter = putter;
        this.keys = keys;
        this.valueLength = Math.max(valueLength, Payload.LENGTH_MIN);
    }

    static Histogram newHistogram() {
        return new ConcurrentHistogram(1_000, LATENCY_MAX_NS, 3);
    }

    /** As fast as they go. */
    void bulk(long count) throws InterruptedException {
        room.acquire(IN_FLIGHT_MAX - BULK_IN_FLIGHT);
        for (long i = 0; i < count; i++) {
            put(System.nanoTime());
        }
        room.release(IN_FLIGHT_MAX - BULK_IN_FLIGHT);
        drain();
        latency = newHistogram();
    }

    /** At a rate, for so long; a put that is late counts from when it was due. */
    void paced(long rate, long durationNs) throws InterruptedException {
        long beginNs = System.nanoTime();
        long count = (long) (rate * (durationNs / 1e9));
        for (long i = 0; i < count; i++) {
            long dueNs = beginNs + i * TimeUnit.SECONDS.toNanos(1) / rate;
            long waitNs = dueNs - System.nanoTime();
            while (waitNs > 0) {
                LockSupport.parkNanos(waitNs);
                waitNs = dueNs - System.nanoTime();
            }
            put(dueNs);
        }
        drain();
    }

    private void put(long dueNs) throws InterruptedException {
        room.acquire();
        long number = nextPut++;
        long key = ((number * 0x9E3779B97F4A7C15L) >>> 1) % keys;
        byte[] value = Payload.of(valueLength, System.nanoTime(), number, key);
        putter.put(WatchLink.key(key), value, new Ended(number, dueNs));
    }

    private void drain() throws InterruptedException {
        room.acquire(IN_FLIGHT_MAX);
        room.release(IN_FLIGHT_MAX);
    }

    long putCount() {
        return nextPut;
    }

    synchronized long failedCount() {
        return failed;
    }

    synchronized BitSet acknowledged() {
        return (BitSet) acknowledged.clone();
    }

    /** Latencies so far; from here on they are counted anew. */
    Histogram takeLatency() {
        Histogram taken = latency;
        latency = newHistogram();
        return taken;
    }

    private final class Ended implements Completion {
        private final long number;
        private final long dueNs;
        private Object attachment;

        Ended(long number, long dueNs) {
            this.number = number;
            this.dueNs = dueNs;
        }

        @Override
        public void onSuccess(long keyCount, long bytes) {
            latency.recordValue(Math.min(System.nanoTime() - dueNs, LATENCY_MAX_NS));
            synchronized (PutLoad.this) {
                acknowledged.set((int) number);
            }
            room.release();
        }

        @Override
        public void onFailure(String reason) {
            synchronized (PutLoad.this) {
                failed++;
            }
            room.release();
        }

        @Override
        public Object attachment() {
            return attachment;
        }

        @Override
        public void attach(Object value) {
            attachment = value;
        }
    }
}
