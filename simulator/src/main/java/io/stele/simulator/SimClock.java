package io.stele.simulator;

import org.agrona.concurrent.NanoClock;

/** Time that passes when the simulation says so. Survives the node. */
public final class SimClock implements NanoClock {
    private long nowNs = 1_000_000_000L;

    @Override
    public long nanoTime() {
        return nowNs;
    }

    public void advance(long durationNs) {
        assert durationNs >= 0;
        nowNs += durationNs;
    }
}
