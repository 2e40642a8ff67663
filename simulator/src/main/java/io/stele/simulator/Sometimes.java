package io.stele.simulator;

/** Situations that a campaign must have met: one that stays at zero is a hole in the tests. */
public enum Sometimes {
    FIRST_BOOT_CRASHED,
    RECOVERY_CRASHED,
    CRASH_WITH_CALLS_IN_FLIGHT,
    CRASH_DURING_CHECKPOINT,
    CRASH_BETWEEN_ROOT_SYNC_AND_WAL_RELEASE,
    CRASH_DURING_SYNC_OF_LOG,
    CRASH_DURING_SEGMENT_PREPARATION,
    PROCESS_KILLED(Scope.BOTH),
    CLEAN_STOP(Scope.BOTH),
    TORN_TAIL_CUT,
    UNACKNOWLEDGED_WRITE_SURVIVED(Scope.BOTH),
    UNACKNOWLEDGED_WRITE_LOST(Scope.BOTH),
    RESTART_REPLAYED_LOG(Scope.BOTH),
    CHECKPOINT_COMPLETED,
    SEGMENT_ROLLED,
    SEGMENT_RECYCLED,
    SEGMENT_DELETED,
    GROUP_COMMIT,
    PAGE_FILE_GREW,
    PAGE_FILE_SHRANK,
    NO_SPACE_STOPPED_NODE,
    NO_SPACE_REFUSED_WRITE,
    NO_SPACE_SURVIVED,
    BALLAST_DROPPED,
    SPACE_CAME_BACK,
    ERROR_STOPPED_NODE(Scope.BOTH),
    ROT_REFUSED_AT_START,
    ROT_STOPPED_NODE,
    ROT_WITHOUT_EFFECT,
    COMPACTED_READ_REFUSED,
    FUTURE_READ_REFUSED,
    ILL_FORMED_REFUSED,
    RANGE_IN_SEVERAL_FRAMES,
    TXN_SUCCEEDED,
    TXN_FAILED,
    TXN_NESTED,
    LEASE_REVOKED,
    CLIENT_CUT(Scope.BOTH),
    CLIENT_BACK_PRESSURED,

    LEADER_ELECTED(Scope.CLUSTER),
    LEADER_CRASHED_WITH_ENTRIES_UNCOMMITTED(Scope.CLUSTER),
    CRASH_WITH_ENTRIES_UNFORCED(Scope.CLUSTER),
    ENTRY_OVERWRITTEN(Scope.CLUSTER),
    SNAPSHOT_INSTALLED(Scope.CLUSTER),
    ALL_CRASHED(Scope.CLUSTER),
    MINORITY_CAME_BACK(Scope.CLUSTER),
    NETWORK_HARMED(Scope.CLUSTER),
    PARTITION_HEALED(Scope.CLUSTER),
    FRAME_REPEATED(Scope.CLUSTER),
    LEADER_PAUSED(Scope.CLUSTER),
    FOLLOWER_PAUSED(Scope.CLUSTER),
    DISK_STALLED(Scope.CLUSTER),
    CALL_GIVEN_UP(Scope.CLUSTER),
    OUTCOME_SAID_TO_BE_UNKNOWN(Scope.CLUSTER),
    SERIALIZABLE_READ(Scope.CLUSTER),
    LINEARIZABLE_READ(Scope.CLUSTER),
    HISTORY_FOUND_LINEARIZABLE(Scope.CLUSTER),
    LEARNER_ADDED(Scope.REFORM),
    LEARNER_PROMOTED(Scope.REFORM),
    VOTER_ADDED(Scope.REFORM),
    MEMBER_REMOVED(Scope.REFORM),
    MEMBER_JOINED(Scope.REFORM),
    LEADER_MOVED(Scope.REFORM);

    /** Which kind of run has to meet it. */
    public enum Scope {
        NODE,
        CLUSTER,
        BOTH,
        /** Clusters that change their members; none of the others has to meet it. */
        REFORM
    }

    private final Scope scope;

    Sometimes() {
        this(Scope.NODE);
    }

    Sometimes(Scope scope) {
        this.scope = scope;
    }

    boolean isIn(Scope runs) {
        return scope == runs || scope == Scope.BOTH;
    }
}
