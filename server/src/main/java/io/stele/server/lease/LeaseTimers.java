package io.stele.server.lease;

/**
 * The leases of a leader, each with the time when it ends and the time when what it has left is to be written down.
 *
 * <p>A renewal only moves the deadline in the record. The timer stays where it is; when it goes off too early it is set
 * anew. So a lease that is kept alive costs its timer once per time to live, and a renewal costs one look-up. Times are
 * in milliseconds of {@link LeaseClock}.
 */
public final class LeaseTimers {
    /** No lease. */
    public static final int NONE = LeaseSlab.NONE;

    /** No checkpoint. */
    public static final long NEVER = Long.MAX_VALUE;

    /** Where a lease stands between the clock and the log. */
    public enum State {
        /** Its time runs. */
        LIVE(0),
        /** Its renewal is on its way through the log; it does not end before that is known. */
        RENEWING(1),
        /** Its end is on its way through the log. */
        EXPIRING(2);

        private static final State[] BY_CODE = values();

        private final byte code;

        State(int code) {
            this.code = (byte) code;
        }
    }

    /** Sees leases whose timer went off. It schedules each one anew, or makes it due. */
    public interface Handler {
        void onTimer(int slot);
    }

    private static final byte CHECKPOINTED = 1;

    private final LeaseSlab slab = new LeaseSlab();
    private final LeaseIndex index = new LeaseIndex(slab);
    private final LeaseWheel wheel = new LeaseWheel(slab);

    public int count() {
        return slab.count();
    }

    /** The lease's slot, good until it is removed; or {@link #NONE}. */
    public int find(long leaseId) {
        return index.find(leaseId);
    }

    /** Takes up a lease that is not there yet. */
    public int add(long leaseId, long ttl, long deadlineMs, long checkpointMs) {
        assert find(leaseId) == NONE : "a lease is known once";
        int slot = slab.allocate();
        slab.leaseId(slot, leaseId);
        slab.ttl(slot, ttl);
        slab.deadlineMs(slot, deadlineMs);
        slab.checkpointMs(slot, checkpointMs);
        index.add(slot);
        schedule(slot);
        return slot;
    }

    public void remove(int slot) {
        wheel.remove(slot);
        index.remove(slot);
        slab.free(slot);
    }

    public long leaseId(int slot) {
        return slab.leaseId(slot);
    }

    /** Seconds granted. */
    public long ttl(int slot) {
        return slab.ttl(slot);
    }

    public long deadlineMs(int slot) {
        return slab.deadlineMs(slot);
    }

    public long checkpointMs(int slot) {
        return slab.checkpointMs(slot);
    }

    public void checkpointMs(int slot, long timeMs) {
        slab.checkpointMs(slot, timeMs);
    }

    public State state(int slot) {
        return State.BY_CODE[slab.state(slot)];
    }

    public void state(int slot, State state) {
        slab.state(slot, state.code);
    }

    /** Whether the log says, or is about to say, that it has less than all of its time left. */
    public boolean isCheckpointed(int slot) {
        return (slab.flags(slot) & CHECKPOINTED) != 0;
    }

    public void checkpointed(int slot, boolean value) {
        slab.flags(slot, value ? CHECKPOINTED : 0);
    }

    /** Moves both times, later; the end of a lease that is due is called off. */
    public void renew(int slot, long deadlineMs, long checkpointMs) {
        slab.deadlineMs(slot, Math.max(deadlineMs, slab.deadlineMs(slot)));
        slab.checkpointMs(slot, checkpointMs);
        if (wheel.isDue(slot)) {
            schedule(slot);
        }
    }

    /** Sets the timer to the earlier one of its times. */
    public void schedule(int slot) {
        wheel.schedule(slot, slab.timerMs(slot));
    }

    /** Sets the timer to another time. */
    public void schedule(int slot, long timeMs) {
        wheel.schedule(slot, timeMs);
    }

    /** Queues a lease whose time is up behind the others. */
    public void makeDue(int slot) {
        wheel.makeDue(slot);
    }

    /** The lease that has been due for longest, or {@link #NONE}. */
    public int firstDue() {
        return wheel.firstDue();
    }

    /** Takes it out of the queue; it has no timer then. */
    public void stop(int slot) {
        wheel.remove(slot);
    }

    /** Lets timers go off; touches at most so many leases, and returns how many. */
    public int poll(long nowMs, int limit, Handler handler) {
        return wheel.poll(nowMs, limit, handler);
    }
}
