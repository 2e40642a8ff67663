package io.stele.server.node;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long something took, in buckets that double from 1 ms on, as etcd's disk histograms have them. Written by one
 * thread, which does not wait for those who read.
 */
final class Durations {
    /** Upper bounds in seconds, as they are written; the last one, which has all, is not among them. */
    static final String[] BOUNDS = {
        "0.001", "0.002", "0.004", "0.008", "0.016", "0.032", "0.064", "0.128", "0.256", "0.512", "1.024", "2.048",
        "4.096", "8.192"
    };

    private static final long FIRST_BOUND_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int SUM = BOUNDS.length + 1;

    private final AtomicLongArray cells = new AtomicLongArray(BOUNDS.length + 2);

    void record(long ns) {
        int bucket = 0;
        long boundNs = FIRST_BOUND_NS;
        while (bucket < BOUNDS.length && ns > boundNs) {
            bucket++;
            boundNs *= 2;
        }
        cells.lazySet(bucket, cells.getPlain(bucket) + 1);
        cells.lazySet(SUM, cells.getPlain(SUM) + ns);
    }

    /** How many were at most as long as this bound, but longer than the one before. */
    long count(int bucket) {
        return cells.get(bucket);
    }

    long sumNs() {
        return cells.get(SUM);
    }
}
