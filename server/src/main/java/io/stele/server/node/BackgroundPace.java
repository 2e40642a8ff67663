package io.stele.server.node;

import java.util.concurrent.TimeUnit;

/**
 * How much of the node's time goes to what need not be done at once: all while the node is idle, a small share while it
 * is not, a larger one while versions wait to be removed, else a store under load is compacted slower than written to.
 *
 * <p>While something is left to do the node's thread must stay awake in the pauses as well: nothing but a request or
 * the next tick would wake it.
 */
final class BackgroundPace {
    /** A node that had nothing to do for so long is idle; shorter gaps are waits for the disk or for clients. */
    static final long IDLE_AFTER_NS = TimeUnit.MILLISECONDS.toNanos(2);

    /** While busy, a pause is so many times as long as the last steps took: 5 % of the time. */
    private static final int PAUSE_FACTOR = 19;

    /** Likewise while compacting: 25 %. */
    private static final int COMPACTION_PAUSE_FACTOR = 3;

    private static final long WINDOW_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Entries in a window from which on the node is written to at full speed: 10,000 per second. */
    private static final int ENTRIES_OF_FULL_SPEED = 1000;

    private long windowNs;
    private long windowIndex;
    private boolean isFullSpeed;
    private long lastWorkNs;
    private long nextNs;
    private boolean isWorkLeft;

    BackgroundPace(long nowNs) {
        lastWorkNs = nowNs;
        nextNs = nowNs;
        windowNs = nowNs;
    }

    /** The node had something else to do in this cycle. */
    void onWork(long nowNs) {
        lastWorkNs = nowNs;
    }

    boolean isBusy(long nowNs) {
        return nowNs - lastWorkNs < IDLE_AFTER_NS;
    }

    /** Everything up to this entry was applied. */
    void onApplied(long logIndex, long nowNs) {
        if (nowNs - windowNs >= WINDOW_NS) {
            isFullSpeed = logIndex - windowIndex >= ENTRIES_OF_FULL_SPEED * ((nowNs - windowNs) / WINDOW_NS);
            windowNs = nowNs;
            windowIndex = logIndex;
        }
    }

    /** Whether entries come so fast that whatever else is done costs some of them. */
    boolean isFullSpeed() {
        return isFullSpeed;
    }

    /** Whether background work may be done in this cycle. */
    boolean isDue(long nowNs) {
        return !isBusy(nowNs) || nowNs - nextNs >= 0;
    }

    /** Whether the thread may not go to sleep, although background work is not due. */
    boolean mustStayAwake() {
        return isWorkLeft;
    }

    /** So many steps were done; none: nothing is left. */
    void onDone(long beginNs, long endNs, int steps, boolean isCompacting) {
        nextNs = endNs + (isCompacting ? COMPACTION_PAUSE_FACTOR : PAUSE_FACTOR) * (endNs - beginNs);
        isWorkLeft = steps > 0;
    }
}
