package io.stele.transport.client;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;

/**
 * Whether a network thread may sleep. While replies are owed it keeps looking for a while: an answer then needs no
 * wake-up, which is most of a small request's time. With nothing owed it always sleeps.
 */
final class SpinStrategy implements SelectStrategy {
    private final long spinNs;
    /** Set once, after the thread exists and before it has connections. */
    private volatile NetworkLoop loop;

    private long activeNs;

    SpinStrategy(long spinNs) {
        this.spinNs = spinNs;
    }

    void loop(NetworkLoop value) {
        loop = value;
    }

    @Override
    public int calculateStrategy(IntSupplier selectNow, boolean hasTasks) throws Exception {
        if (hasTasks) {
            return selectNow.get();
        }
        NetworkLoop current = loop;
        if (spinNs <= 0 || current == null || current.inFlightCount() <= 0) {
            activeNs = 0;
            return SelectStrategy.SELECT;
        }
        long nowNs = System.nanoTime();
        int ready = selectNow.get();
        if (ready > 0 || activeNs == 0) {
            activeNs = nowNs;
            return ready;
        }
        if (nowNs - activeNs > spinNs) {
            return SelectStrategy.SELECT;
        }
        Thread.onSpinWait();
        return 0;
    }
}
