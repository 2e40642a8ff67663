package io.stele.simulator.cluster;

import org.agrona.concurrent.NanoClock;

/** What one member takes for time: begins anywhere in each life, and runs a little too fast or too slow. */
final class MemberClock implements NanoClock {
    private static final long MILLION = 1_000_000L;

    private final SimTime time;
    private final long beginNs;
    private final long shownAtBeginNs;
    private final long driftPpm;

    MemberClock(SimTime time, long shownAtBeginNs, long driftPpm) {
        this.time = time;
        this.shownAtBeginNs = shownAtBeginNs;
        this.driftPpm = driftPpm;
        beginNs = time.nanoTime();
    }

    @Override
    public long nanoTime() {
        long elapsedNs = time.nanoTime() - beginNs;
        return shownAtBeginNs + elapsedNs + elapsedNs / MILLION * driftPpm;
    }
}
