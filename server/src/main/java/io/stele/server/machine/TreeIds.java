package io.stele.server.machine;

/** The page store's trees, one meaning each. The numbers are part of the format on disk. */
final class TreeIds {
    /** Live keys, newest version only; every entry counted. {@link KeyDescriptor}. */
    static final int KEYS = 0;
    /** Every version that has not been compacted, in order of revision. {@link RevisionDescriptor}. */
    static final int REVISIONS = 1;
    /** Leases and the keys attached to them. {@link LeaseDescriptor}. */
    static final int LEASES = 2;
    /** Members, alarms, what else is said of the cluster. {@link MemberTable}, {@link AlarmTable}. */
    static final int SYSTEM = 3;
    /** Deleted keys whose deletion is not compacted yet. {@link GraveDescriptor}. */
    static final int GRAVES = 4;
    /** What clients' sessions remember; of each, one entry is counted. {@link SessionDescriptor}. */
    static final int SESSIONS = 5;
    /** Users and roles. {@link AuthDescriptor}. */
    static final int AUTH = 6;

    private TreeIds() {}
}
