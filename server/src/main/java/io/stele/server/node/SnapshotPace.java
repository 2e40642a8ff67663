package io.stele.server.node;

import java.util.concurrent.TimeUnit;

/**
 * How fast snapshots leave: as fast as they are acknowledged while nobody writes; at a pace while somebody does, which
 * begins slowly, for a member that has just started is slow, and takes much of its host until its code is warm. It
 * rises as long as chunks are acknowledged soon, and is halved when one is not: whoever is short of processor, disk or
 * network then has too little left for the writes.
 *
 * <p>What a chunk costs, here and where it is put in, goes by its bytes and by its entries. Nothing wakes the node's
 * thread when the next one is due: whoever writes does.
 */
final class SnapshotPace {
    /** Bytes per second while there are proposals: at first, and whatever happens. */
    static final long SPEED_MIN = 2_000_000;

    /** Likewise, at most. */
    static final long SPEED_MAX = 32_000_000;

    /** To put an entry in takes as long as to send so many bytes. */
    private static final int ENTRY_COST_BYTES = 256;

    /** What may leave at once after a pause, roughly. */
    private static final long CREDIT_MAX = 64 * 1024;

    /** So long after the last proposal the next one is not waited for. */
    private static final long IDLE_AFTER_NS = TimeUnit.MILLISECONDS.toNanos(20);

    /** An acknowledgement that takes so much longer than the quickest means that somebody is short of something. */
    private static final long SLOW_ACK_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final long RISE_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long SPEED_RISE = 1_000_000;
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private long speed = SPEED_MIN;
    private long nextChangeNs;

    /** Whether an acknowledgement was slow since the last change. */
    private boolean isSlow;

    private long lastIndex;
    private long proposedNs;
    private long countedNs;
    private long credit;

    SnapshotPace(long nowNs) {
        countedNs = nowNs;
        nextChangeNs = nowNs;
        proposedNs = nowNs - IDLE_AFTER_NS;
    }

    /** A transfer begins. */
    void onBegin(long nowNs) {
        speed = SPEED_MIN;
        nextChangeNs = nowNs + RISE_INTERVAL_NS;
    }

    /** Once a cycle: where the log ends, and whether something of it is not committed. */
    void onCycle(long logLastIndex, boolean isCommitting, long nowNs) {
        if (logLastIndex != lastIndex || isCommitting) {
            lastIndex = logLastIndex;
            proposedNs = nowNs;
        }
        long sinceNs = Math.min(nowNs - countedNs, SECOND_NS);
        credit = Math.min(CREDIT_MAX, credit + sinceNs * speed / SECOND_NS);
        countedNs = nowNs;
    }

    /** Whether proposals are under way, which a chunk would delay. */
    boolean isBusy(long nowNs) {
        return nowNs - proposedNs < IDLE_AFTER_NS;
    }

    /** Whether another chunk may leave. */
    boolean allows(long nowNs) {
        return credit > 0 || !isBusy(nowNs);
    }

    /** Beside writes the next chunk waits until a long one is paid for. */
    void onSent(int bytes, int entries, long nowNs) {
        credit -= bytes + (long) ENTRY_COST_BYTES * entries;
        if (!isBusy(nowNs)) {
            credit = Math.max(credit, -CREDIT_MAX);
        }
    }

    /** A chunk was acknowledged, so much later than the quickest one of its transfer. */
    void onAcknowledged(long lateNs, long nowNs) {
        if (!isBusy(nowNs)) {
            return;
        }
        isSlow |= lateNs > SLOW_ACK_NS;
        if (nowNs - nextChangeNs >= 0) {
            speed = isSlow ? Math.max(SPEED_MIN, speed / 2) : Math.min(SPEED_MAX, speed + SPEED_RISE);
            isSlow = false;
            nextChangeNs = nowNs + RISE_INTERVAL_NS;
        }
    }
}
