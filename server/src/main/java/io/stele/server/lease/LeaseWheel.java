package io.stele.server.lease;

import java.util.Arrays;

/**
 * Hierarchical hashed timing wheels: a timer costs the same to set, move and remove however many there are, and time
 * passing costs nothing while none is due.
 *
 * <pre>
 *   level 4      level 3      level 2      level 1      level 0
 *   [256]        [256]        [256]        [256]        [256]      a tick of 64 ms each
 *
 *   A timer is on the level of the highest 8 bits in which its tick differs from the present one, in the bucket that
 *   these bits name. When the present one reaches that bucket, its timers move to the levels below.
 * </pre>
 *
 * <p>Never early: a timer is due in the first tick that begins at its time or after. Work is cut where the caller wants
 * it: a bucket with a million timers is emptied over many calls, meanwhile time stands still for those behind it.
 */
final class LeaseWheel {
    private static final int TICK_SHIFT = 6;
    private static final int LEVEL_SHIFT = 8;
    private static final int LEVEL_MASK = (1 << LEVEL_SHIFT) - 1;
    private static final int LEVEL_COUNT = 5;
    private static final long TICK_MAX = (1L << (LEVEL_COUNT * LEVEL_SHIFT)) - 1;

    /** Beside the buckets: timers that went off, in the order in which they did. */
    private static final int DUE_LIST = LEVEL_COUNT << LEVEL_SHIFT;

    private final LeaseSlab slab;
    private final int[] heads = new int[DUE_LIST + 1];
    private final int[] tails = new int[DUE_LIST + 1];
    private long tick;
    private int budget;
    private boolean isEmptying;

    LeaseWheel(LeaseSlab slab) {
        this.slab = slab;
        Arrays.fill(heads, LeaseSlab.NONE);
        Arrays.fill(tails, LeaseSlab.NONE);
    }

    /** Sets the timer of a record, instead of any other that it has; the record says for when, or did until now. */
    void schedule(int slot, long timeMs) {
        remove(slot);
        long earliest = isEmptying ? tick + 1 : tick;
        place(slot, Math.max(tickOf(timeMs), earliest));
    }

    private void place(int slot, long due) {
        long difference = due ^ tick;
        int level = difference == 0 ? 0 : (Long.SIZE - 1 - Long.numberOfLeadingZeros(difference)) / LEVEL_SHIFT;
        append(slot, bucket(level, due));
    }

    /** Puts a record at the end of those that {@link #firstDue} delivers. */
    void makeDue(int slot) {
        remove(slot);
        append(slot, DUE_LIST);
    }

    int firstDue() {
        return heads[DUE_LIST];
    }

    boolean isDue(int slot) {
        return slab.list(slot) == DUE_LIST;
    }

    void remove(int slot) {
        int list = slab.list(slot);
        if (list == LeaseSlab.NONE) {
            return;
        }
        int next = slab.next(slot);
        int previous = slab.previous(slot);
        if (previous == LeaseSlab.NONE) {
            heads[list] = next;
        } else {
            slab.next(previous, next);
        }
        if (next == LeaseSlab.NONE) {
            tails[list] = previous;
        } else {
            slab.previous(next, previous);
        }
        slab.list(slot, LeaseSlab.NONE);
    }

    /** Hands over timers that are due, and moves others; so many in all. Returns how many. */
    int poll(long nowMs, int limit, LeaseTimers.Handler handler) {
        long last = nowMs >> TICK_SHIFT;
        budget = limit;
        while (tick <= last && cascade() && empty(handler)) {
            tick++;
        }
        return limit - budget;
    }

    /** Moves the timers of the buckets that this tick opens; false if that is not all done. */
    private boolean cascade() {
        int levels = tick == 0 ? 0 : Math.min(Long.numberOfTrailingZeros(tick) / LEVEL_SHIFT, LEVEL_COUNT - 1);
        for (int level = levels; level > 0; level--) {
            int list = bucket(level, tick);
            while (heads[list] != LeaseSlab.NONE) {
                if (budget == 0) {
                    return false;
                }
                budget--;
                int slot = heads[list];
                remove(slot);
                place(slot, Math.max(tickOf(slab.timerMs(slot)), tick));
            }
        }
        return true;
    }

    /** Lets the timers of this tick go off; false if that is not all done. */
    private boolean empty(LeaseTimers.Handler handler) {
        int list = bucket(0, tick);
        isEmptying = true;
        while (heads[list] != LeaseSlab.NONE && budget > 0) {
            budget--;
            int slot = heads[list];
            remove(slot);
            handler.onTimer(slot);
        }
        isEmptying = false;
        return heads[list] == LeaseSlab.NONE;
    }

    private static long tickOf(long timeMs) {
        return Math.min(((timeMs - 1) >> TICK_SHIFT) + 1, TICK_MAX);
    }

    private void append(int slot, int list) {
        int last = tails[list];
        slab.list(slot, list);
        slab.next(slot, LeaseSlab.NONE);
        slab.previous(slot, last);
        if (last == LeaseSlab.NONE) {
            heads[list] = slot;
        } else {
            slab.next(last, slot);
        }
        tails[list] = slot;
    }

    private static int bucket(int level, long tick) {
        return (level << LEVEL_SHIFT) + ((int) (tick >>> (level * LEVEL_SHIFT)) & LEVEL_MASK);
    }
}
