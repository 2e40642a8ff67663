package io.stele.server.machine.model;

import java.util.List;

/**
 * Requests as plain data, for tests and for the simulator. Keys and values are strings of the characters 0 to 255, one
 * per byte, so that the order of strings is the order of keys.
 */
public sealed interface Request {

    /** An operation that may stand in a transaction. */
    sealed interface Operation extends Request {}

    /** Sets a key. */
    record Put(String key, String value, long lease, boolean previous, boolean ignoreValue, boolean ignoreLease)
            implements Operation {}

    /** Reads keys. */
    record Range(
            String key,
            String end,
            long revision,
            long limit,
            long minMod,
            long maxMod,
            long minCreate,
            long maxCreate,
            int order,
            int target,
            boolean keysOnly,
            boolean countOnly,
            boolean serializable)
            implements Operation {}

    /** Deletes keys. */
    record DeleteRange(String key, String end, boolean previous) implements Operation {}

    /** Does one list or the other. */
    record Txn(List<Compare> compares, List<Operation> success, List<Operation> failure) implements Operation {}

    /** An operation that names none. */
    record None() implements Operation {}

    /** A comparison of a transaction. */
    record Compare(String key, String end, int target, int result, long number, String value) {}

    /** Gives up history. */
    record Compact(long revision) implements Request {}

    /** Creates a lease. */
    record LeaseGrant(long id, long ttl) implements Request {}

    /** Ends a lease. */
    record LeaseRevoke(long id) implements Request {}

    /** Opens a session. */
    record OpenSession(long nonce) implements Request {}

    /** Ends a session. */
    record CloseSession(long id) implements Request {}

    /** A write that is to be done exactly once. */
    record Once(long sessionId, long sequence, Request write) implements Request {}

    /** A leader's own: ends a lease whose time is up. */
    record LeaseExpire(long term, long id, long epoch) implements Request {}

    /** A leader's own: says what a lease has left. */
    record LeaseCheckpoint(long term, long id, long grantedIndex, long remaining) implements Request {}

    static Put put(String key, String value) {
        return new Put(key, value, 0, false, false, false);
    }

    static Put put(String key, String value, long lease) {
        return new Put(key, value, lease, false, false, false);
    }

    static Range get(String key) {
        return range(key, "");
    }

    static Range range(String key, String end) {
        return new Range(key, end, 0, 0, 0, 0, 0, 0, 0, 0, false, false, false);
    }

    static Range rangeAt(String key, String end, long revision) {
        return new Range(key, end, revision, 0, 0, 0, 0, 0, 0, 0, false, false, false);
    }

    static Range limited(String key, String end, long limit) {
        return new Range(key, end, 0, limit, 0, 0, 0, 0, 0, 0, false, false, false);
    }

    static Range sorted(String key, String end, long limit, int order, int target) {
        return new Range(key, end, 0, limit, 0, 0, 0, 0, order, target, false, false, false);
    }

    static DeleteRange delete(String key) {
        return new DeleteRange(key, "", false);
    }

    static DeleteRange deleteRange(String key, String end) {
        return new DeleteRange(key, end, false);
    }
}
