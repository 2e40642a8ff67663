package io.stele.perf.watch;

import org.HdrHistogram.Histogram;

/**
 * One watcher of a run: what it has seen, in a form that says later whether it was exactly the log, once and in order.
 * Written by its connection's thread.
 */
final class Observer implements EventSink {
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    private final long key;
    private final long startRevision;
    private final Lags lags;
    private volatile long lastRevision;
    private long count;
    private long sum;
    private String violation;

    Observer(long key, long startRevision, Lags lags) {
        this.key = key;
        this.startRevision = startRevision;
        this.lags = lags;
    }

    @Override
    public long key() {
        return key;
    }

    @Override
    public long startRevision() {
        return startRevision;
    }

    @Override
    public void onEvent(long revision, long eventKey, long put, long sentNs, long nowNs) {
        if (revision <= lastRevision) {
            violation = "revision " + revision + " after " + lastRevision;
        } else if (key >= 0 && key != eventKey) {
            violation = "key " + eventKey + " where " + key + " is watched";
        }
        count++;
        sum += mix(revision);
        lastRevision = revision;
        lags.record(nowNs - sentNs);
    }

    @Override
    public void onEnd(String why) {
        violation = "ended: " + why;
    }

    long lastRevision() {
        return lastRevision;
    }

    long count() {
        return count;
    }

    /** Null if it has seen so many events with such a sum, in order; else what is wrong. */
    String check(long expectedCount, long expectedSum) {
        if (violation != null) {
            return violation;
        }
        return count == expectedCount && sum == expectedSum
                ? null
                : count + " events where the log has " + expectedCount + (count == expectedCount ? ", others" : "");
    }

    static long mix(long revision) {
        long mixed = revision * MULTIPLIER;
        return (mixed ^ (mixed >>> 29)) * MULTIPLIER;
    }

    /** Lags of one connection's events, from the put's sending to here. */
    static final class Lags {
        private static final long LAG_MAX_NS = 3_600_000_000_000L;
        private Histogram histogram = new Histogram(1_000, LAG_MAX_NS, 3);

        /** Counted from here on only. */
        synchronized void reset() {
            histogram = new Histogram(1_000, LAG_MAX_NS, 3);
        }

        synchronized void record(long lagNs) {
            histogram.recordValue(Math.max(0, Math.min(lagNs, LAG_MAX_NS)));
        }

        synchronized void addTo(Histogram all) {
            all.add(histogram);
        }
    }
}
