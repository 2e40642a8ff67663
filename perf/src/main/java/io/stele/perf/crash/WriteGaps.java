package io.stele.perf.crash;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How long nothing was acknowledged, at most, while a fault was under way; one figure for each fault. */
final class WriteGaps {
    private final List<Long> gapsNs = new ArrayList<>();
    private long beganNs;
    private long lastNs = System.nanoTime();
    private long longestNs;
    private long longestFromNs;

    synchronized void onAcknowledged() {
        long nowNs = System.nanoTime();
        if (nowNs - lastNs > longestNs) {
            longestNs = nowNs - lastNs;
            longestFromNs = lastNs;
        }
        lastNs = nowNs;
    }

    /** A fault begins. */
    synchronized void begin() {
        longestNs = 0;
        beganNs = System.nanoTime();
        lastNs = beganNs;
        longestFromNs = beganNs;
    }

    /** It is over, and writes are acknowledged again. */
    synchronized void end() {
        gapsNs.add(longestNs);
    }

    /** The gap of this fault, or of the last one, in words. */
    synchronized String lastInWords() {
        return "no write for " + TimeUnit.NANOSECONDS.toMillis(longestNs) + " ms, "
                + TimeUnit.NANOSECONDS.toMillis(longestFromNs - beganNs) + " ms after it began";
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
