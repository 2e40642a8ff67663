package io.stele.simulator.model;

import java.util.List;

/** A request as the model sees it. Never compared as a whole, so that arrays do no harm. */
@SuppressWarnings("ArrayRecordComponent")
sealed interface Op {
    record Put(byte[] key, byte[] value, long lease, boolean previous, boolean ignoreValue, boolean ignoreLease)
            implements Op {}

    record Range(
            byte[] key,
            byte[] end,
            long revision,
            long pairLimit,
            long minMod,
            long maxMod,
            long minCreate,
            long maxCreate,
            int order,
            int target,
            boolean keysOnly,
            boolean countOnly,
            boolean serializable)
            implements Op {
        boolean hasFilters() {
            return minMod != 0 || maxMod != 0 || minCreate != 0 || maxCreate != 0;
        }
    }

    record Delete(byte[] key, byte[] end, boolean previous) implements Op {}

    record Txn(List<Compare> compares, List<Op> success, List<Op> failure) implements Op {}

    record Compare(byte[] key, byte[] end, int target, int result, long number, byte[] value) {}

    record Compact(long revision) implements Op {}

    record Grant(long leaseId, long ttl) implements Op {}

    record Revoke(long leaseId) implements Op {}

    /** A leader's own: ends a lease whose time is up. */
    record Expire(long term, long leaseId, long epoch) implements Op {}

    /** A leader's own: says how old leases are; ids and log indices of the grants. */
    record Checkpoint(long term, List<Long> leaseIds, List<Long> grantedIndices) implements Op {}

    record TimeToLive(long leaseId, boolean keys) implements Op {}

    record KeepAlive(long leaseId) implements Op {}

    record Leases() implements Op {}

    /** A member's own: raises or lifts an alarm. */
    record Alarm(int action, int alarm, long memberId) implements Op {}

    /** Opens a session, whose id nobody can foretell. */
    record OpenSession() implements Op {}

    record CloseSession(long sessionId) implements Op {}

    /** Anything else, and what is no operation where one has to be. */
    record Other() implements Op {}
}
