package io.stele.server.machine.model;

import java.util.List;

/** Replies as plain data; two are equal when their bytes mean the same. */
public sealed interface Reply {
    long revision();

    /** A pair. */
    record Pair(String key, String value, long create, long mod, long version, long lease) {}

    /** Reply to a put; the previous pair or null. */
    record Put(long revision, Pair previous) implements Reply {}

    /** Reply to a range. */
    record Range(long revision, long count, boolean more, List<Pair> pairs) implements Reply {}

    /** Reply to a deletion. */
    record DeleteRange(long revision, long deleted, List<Pair> previous) implements Reply {}

    /** Reply to a transaction. */
    record Txn(long revision, boolean succeeded, List<Reply> replies) implements Reply {}

    /** Reply to a compaction. */
    record Compact(long revision) implements Reply {}

    /** Reply to the grant of a lease. */
    record LeaseGrant(long revision, long id, long ttl) implements Reply {}

    /** Reply to the end of a lease. */
    record LeaseRevoke(long revision) implements Reply {}

    /** Reply to the opening of a session. */
    record OpenSession(long revision, long id, int slotCount) implements Reply {}

    /** Reply to the end of a session. */
    record CloseSession(long revision) implements Reply {}

    /** Refusal, with the kind that gRPC has a number for. */
    record Refusal(int code, String text, long revision) implements Reply {}
}
