package io.stele.simulator.cluster;

import org.agrona.concurrent.NanoClock;

/** True time, which only the network and the checks know; what members believe is a {@link MemberClock}'s. */
final class SimTime implements NanoClock {
    static final long BEGIN_NS = 1_000_000_000L;
    static final long SECOND_NS = 1_000_000_000L;
    static final long MS_NS = 1_000_000L;

    private long nowNs = BEGIN_NS;

    @Override
    public long nanoTime() {
        return nowNs;
    }

    /** Turns that are late, because who should take them was paused, do not turn time back. */
    void advanceTo(long timeNs) {
        nowNs = Math.max(nowNs, timeNs);
    }
}
