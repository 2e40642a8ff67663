package io.stele.perf.crash;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How long nothing was acknowledged, at most, while a fault was under way; one figure for each fault. */
final class WriteGaps {
    private final List<Long> gapsNs = new ArrayList<>();
    private long lastNs = System.nanoTime();
    private long longestNs;

    synchronized void onAcknowledged() {
        long nowNs = System.nanoTime();
        longestNs = Math.max(longestNs, nowNs - lastNs);
        lastNs = nowNs;
    }

    /** A fault begins. */
    synchronized void begin() {
        longestNs = 0;
        lastNs = System.nanoTime();
    }

    /** It is over, and writes are acknowledged again. */
    synchronized long end() {
        gapsNs.add(longestNs);
        return TimeUnit.NANOSECONDS.toMillis(longestNs);
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
