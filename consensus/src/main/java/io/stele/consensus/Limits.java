package io.stele.consensus;

/** The bounds of what a configuration may ask for. {@code LimitsTest} asserts how they relate, and says why. */
public final class Limits {
    /** Voters and learners in one configuration. */
    public static final int MEMBERS_MAX = 32;

    /** Steps in one membership change. */
    public static final int CHANGE_STEPS_MAX = MEMBERS_MAX;

    /** Bytes of one entry's payload. */
    public static final int ENTRY_BYTES_MAX = 64 * 1024 * 1024;

    /** Bytes of one append, headers not counted; an entry that is longer goes alone. */
    public static final int APPEND_BYTES_MAX = 64 * 1024 * 1024;

    /** Entries of one append. */
    public static final int APPEND_ENTRIES_MAX = 64 * 1024;

    /** Bytes accepted between two batches. */
    public static final int UNSTABLE_BYTES_MAX = 256 * 1024 * 1024;

    /** Appends on the way to one member. */
    public static final int INFLIGHT_MESSAGES_MAX = 16 * 1024;

    /** Entries proposed and not yet committed. */
    public static final int UNCOMMITTED_ENTRIES_MAX = 1024 * 1024;

    /** Reads waiting for a confirmation. */
    public static final int READS_MAX = 1024 * 1024;

    /** Ticks of an election timeout. */
    public static final int ELECTION_TICKS_MAX = 100_000;

    private Limits() {}
}
