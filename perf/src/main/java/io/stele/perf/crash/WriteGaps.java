package io.stele.perf.crash;

import io.stele.perf.process.Standstills;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How long nothing was acknowledged, at most, while a fault was under way; one figure for each fault. What this process
 * itself stood still meanwhile is taken off: then it could not have heard of anything.
 */
final class WriteGaps {
    /** Shorter ones are not kept: the longest of a fault is looked for only where this one is exceeded. */
    private static final long KEPT_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Standstills standstills;
    private final LongSupplier clock;
    /** From and to, of the fault under way. */
    private final List<long[]> spans = new ArrayList<>();

    private final List<Long> gapsNs = new ArrayList<>();
    private long beganNs;
    private long lastNs;
    private long longestNs;
    private long longestFromNs;

    WriteGaps(Standstills standstills, LongSupplier clock) {
        this.standstills = standstills;
        this.clock = clock;
        lastNs = clock.getAsLong();
    }

    synchronized void onAcknowledged() {
        long nowNs = clock.getAsLong();
        if (nowNs - lastNs >= KEPT_NS) {
            spans.add(new long[] {lastNs, nowNs});
        }
        lastNs = nowNs;
    }

    /** A fault begins. */
    synchronized void begin() {
        spans.clear();
        beganNs = clock.getAsLong();
        lastNs = beganNs;
    }

    /** It is over, and writes are acknowledged again. */
    synchronized void end() {
        longestNs = 0;
        longestFromNs = beganNs;
        for (long[] span : spans) {
            long gapNs = span[1] - span[0] - standstills.within(span[0], span[1]);
            if (gapNs > longestNs) {
                longestNs = gapNs;
                longestFromNs = span[0];
            }
        }
        gapsNs.add(longestNs);
    }

    /** The gap of this fault, or of the last one, in words. */
    synchronized String lastInWords() {
        return "no write for " + TimeUnit.NANOSECONDS.toMillis(longestNs) + " ms, "
                + TimeUnit.NANOSECONDS.toMillis(longestFromNs - beganNs) + " ms after it began";
    }

    synchronized int count() {
        return gapsNs.size();
    }

    /** Milliseconds that so much of the gaps are not longer than. */
    synchronized long percentileMs(double share) {
        if (gapsNs.isEmpty()) {
            return 0;
        }
        List<Long> sorted = new ArrayList<>(gapsNs);
        Collections.sort(sorted);
        int index = (int) Math.ceil(share * sorted.size()) - 1;
        return TimeUnit.NANOSECONDS.toMillis(sorted.get(Math.max(0, index)));
    }
}
