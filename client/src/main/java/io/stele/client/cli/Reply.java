package io.stele.client.cli;

import java.util.List;

/** What a server answers. Keys and values are octet strings, other texts are as printed. */
sealed interface Reply {
    Header header();

    /** Whose answer it is, and when it was made; within a transaction only the revision is set. */
    record Header(long clusterId, long memberId, long revision, long raftTerm) {}

    /** One pair. */
    record Pair(String key, String value, long createRevision, long modRevision, long version, long lease) {}

    /** Of a put; previous is null where it was not asked for or not there. */
    record Put(Header header, Pair previous) implements Reply {}

    /** Of a range. */
    record Range(Header header, List<Pair> pairs, boolean more, long count) implements Reply {}

    /** Of a deletion. */
    record Delete(Header header, long deleted, List<Pair> previous) implements Reply {}

    /** Of a transaction. */
    record Txn(Header header, boolean succeeded, List<Reply> replies) implements Reply {}

    /** One change; of a deletion, the pair is key and mod revision. */
    record Event(boolean deletion, Pair pair, Pair previous) {}

    /** Of a watch, again and again: changes, or how far it is, or that it has ended. */
    record Watched(Header header, List<Event> events, long compactRevision, boolean canceled, String reason)
            implements Reply {
        boolean isProgress() {
            return events.isEmpty() && !canceled;
        }
    }

    /** Of a compaction or of a lease's revocation: that it is done. */
    record Done(Header header) implements Reply {}

    /** Of a lease's grant or renewal. */
    record Lease(Header header, long id, long ttl) implements Reply {}

    /** Of the question how long a lease has to live; ttl -1: there is no such lease. */
    record LeaseTime(Header header, long id, long ttl, long grantedTtl, List<String> keys) implements Reply {}

    /** Of the question for all leases. */
    record Leases(Header header, List<Long> ids) implements Reply {}

    /** One member of the cluster. */
    record Member(long id, String name, List<String> peerUrls, List<String> clientUrls, boolean learner) {}

    /** Of the question who the members are, and of a change; changed is 0 where nothing was. */
    record Members(Header header, List<Member> members, long changed) implements Reply {}

    /** One alarm: NOSPACE or CORRUPT. */
    record Alarm(long memberId, String kind) {}

    /** Of the question for alarms, and of their end. */
    record Alarms(Header header, List<Alarm> alarms) implements Reply {}

    /** Of a downgrade: the version that the cluster is of. */
    record Downgrade(Header header, String version) implements Reply {}

    /** What a role may do. */
    enum PermissionType {
        READ,
        WRITE,
        READWRITE
    }

    /** With which keys; the end is as in a range. */
    record Permission(PermissionType type, String key, String end) {}

    /** Of users and roles: names and permissions are those asked for. */
    record Auth(Header header, boolean enabled, long authRevision, List<String> names, List<Permission> permissions)
            implements Reply {}

    /** The checksum of all history up to a revision. */
    record HashKv(Header header, long hash, long compactRevision, long hashRevision) implements Reply {}

    /** State of a member. */
    record Status(
            Header header,
            String version,
            String storageVersion,
            long leader,
            boolean learner,
            Progress progress,
            Space space,
            List<String> errors)
            implements Reply {}

    /** How far the log has come. */
    record Progress(long index, long appliedIndex) {}

    /** Bytes of the data. */
    record Space(long length, long lengthInUse, long quota) {}
}
