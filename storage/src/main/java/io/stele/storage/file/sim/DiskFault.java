package io.stele.storage.file.sim;

/** What a {@link FaultPlan} can do to one call of the disk port. */
public enum DiskFault {
    /** Nothing: the call is carried out. */
    NONE,
    /** The machine stops before the call has had any effect. */
    CRASH_BEFORE,
    /** The machine stops in the call: it has happened in part, or wholly, or not. */
    CRASH_INSIDE,
    /** The machine stops after the call, before the caller has learnt of it. */
    CRASH_AFTER,
    /**
     * The call fails with an input/output error. A sync that fails has written some sectors and forgets the rest: the
     * next one reports success without them, as Linux does.
     */
    EIO,
    /** The call fails for want of space, and has no effect. */
    NO_SPACE,
    /** A sync that reports success and keeps nothing. Other calls are carried out. */
    LOST_SYNC
}
