package io.stele.consensus;

import java.util.Arrays;

/**
 * A follower's linearizable reads, waiting for the leader to tell a read index.
 *
 * <p>All reads that come in one duty cycle share an <em>attempt</em>. Attempt ids ascend from a start that differs
 * from life to life and are never used twice, so an answer that was long under way, even one to an earlier life,
 * confirms nothing it was not meant for. An answer to an attempt holds for the earlier ones too: its index is from
 * later.
 */
final class ForwardedReads {
    private final int countMax;
    private final long firstAttempt;
    private long lastAttempt;
    private long[] requestIds = new long[16];
    private long[] attempts = new long[16];
    private long[] begunTicks = new long[16];
    private int count;
    private int begun; // [0, begun) have an attempt, [begun, count) do not yet

    ForwardedReads(int countMax, long firstAttempt) {
        this.countMax = countMax;
        this.firstAttempt = firstAttempt;
        this.lastAttempt = firstAttempt;
    }

    boolean add(long requestId) {
        if (count == countMax) {
            return false;
        }
        if (count == requestIds.length) {
            int capacity = Math.min(countMax, 2 * count);
            requestIds = Arrays.copyOf(requestIds, capacity);
            attempts = Arrays.copyOf(attempts, capacity);
            begunTicks = Arrays.copyOf(begunTicks, capacity);
        }
        requestIds[count++] = requestId;
        return true;
    }

    boolean wantsAttempt() {
        return begun < count;
    }

    /** Begins an attempt for all reads that wait without one; returns its id. */
    long begin(long nowTicks) {
        lastAttempt++;
        for (; begun < count; begun++) {
            attempts[begun] = lastAttempt;
            begunTicks[begun] = nowTicks;
        }
        return lastAttempt;
    }

    /** How many of the oldest reads an answer holds for. */
    int confirmedBy(long attempt) {
        if (attempt <= firstAttempt || attempt > lastAttempt) {
            return 0; // not ours
        }
        int confirmed = 0;
        while (confirmed < begun && attempts[confirmed] <= attempt) {
            confirmed++;
        }
        return confirmed;
    }

    /** How many of the oldest reads have waited since {@code tick} or longer. */
    int begunBy(long tick) {
        int old = 0;
        while (old < begun && begunTicks[old] <= tick) {
            old++;
        }
        return old;
    }

    int count() {
        return count;
    }

    long requestId(int place) {
        return requestIds[place];
    }

    void removeOldest(int removed) {
        System.arraycopy(requestIds, removed, requestIds, 0, count - removed);
        System.arraycopy(attempts, removed, attempts, 0, count - removed);
        System.arraycopy(begunTicks, removed, begunTicks, 0, count - removed);
        count -= removed;
        begun = Math.max(0, begun - removed);
    }
}
