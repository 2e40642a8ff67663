package io.stele.server.lease;

import java.util.concurrent.TimeUnit;

/**
 * The time by which a leader ends leases. It is monotonic time less the pauses of the process: while nobody here could
 * hear of renewals, no lease grows older.
 *
 * <p>After a pause nothing ends (and nothing is renewed: another may have led meanwhile) until leadership has been
 * confirmed by a quorum anew, and nothing ends for a little longer, so that renewals which came in the pause are heard.
 */
public final class LeaseClock {
    private final long gapNs;
    private long lastNs;
    private long ranNs;
    private long pauseCount;
    private long confirmedCount;
    private long quietUntilNs;

    /**
     * Starts at 0.
     *
     * @param gapNs a longer gap between two looks at the clock is a pause
     */
    public LeaseClock(long gapNs, long nowNs) {
        this.gapNs = gapNs;
        lastNs = nowNs;
    }

    /** Says what time it is; true if there was a pause. */
    public boolean advance(long nowNs) {
        long sinceNs = nowNs - lastNs;
        lastNs = nowNs;
        if (sinceNs > gapNs) {
            pauseCount++;
            return true;
        }
        ranNs += Math.max(sinceNs, 0);
        return false;
    }

    public long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(ranNs);
    }

    /** Names the last pause, for {@link #confirm}. */
    public long pauseCount() {
        return pauseCount;
    }

    /** A quorum has answered what was asked after a pause. */
    public void confirm(long pause) {
        if (pause == pauseCount && confirmedCount != pause) {
            confirmedCount = pause;
            quietUntilNs = ranNs + gapNs;
        }
    }

    public boolean isConfirmed() {
        return confirmedCount == pauseCount;
    }

    public boolean mayExpire() {
        return isConfirmed() && ranNs >= quietUntilNs;
    }
}
