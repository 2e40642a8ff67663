package io.stele.server.node;

import java.util.concurrent.TimeUnit;

/**
 * Whether a snapshot that is offered is taken. One that did not fit is tried again as soon as there is more space than
 * it had in the end, and otherwise now and then, for the leader's state may have become smaller: each try fills the
 * disk anew.
 */
final class SnapshotRoom {
    private static final long RETRY_NS = TimeUnit.MINUTES.toNanos(5);

    /** Space that comes and goes by itself, such as a log segment, is no reason to try again: a share of what was. */
    private static final int NOTICEABLE_SHARE = 16;

    private long freeAtBegin;
    private long tooLittle;
    private long refusedNs;
    private boolean isShort;

    /** Whether the last snapshot did not fit, and none has since. */
    boolean isShort() {
        return isShort;
    }

    boolean mayBegin(long freeBytes, long nowNs) {
        freeAtBegin = freeBytes;
        return !isShort || freeBytes - tooLittle > tooLittle / NOTICEABLE_SHARE || nowNs - refusedNs >= RETRY_NS;
    }

    /**
     * What was begun has not found the space. There may have been more of it at the beginning, which others have taken
     * since: when they give it back, that is reason enough.
     */
    void onRefused(long freeBytes, long nowNs) {
        isShort = true;
        tooLittle = Math.min(freeAtBegin, freeBytes);
        refusedNs = nowNs;
    }

    void onComplete() {
        isShort = false;
    }
}
