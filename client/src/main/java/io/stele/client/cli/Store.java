package io.stele.client.cli;

import java.util.List;
import java.util.function.Consumer;

/*
 * The server as commands see it: one call, one answer, or a CliException with one line that says what went wrong and
 * what can be done. Real: ClientStore. In tests: a key space in memory.
 */
interface Store extends AutoCloseable {
    Reply.Put put(Operation.Put operation);

    Reply.Range range(Operation.Range operation);

    /** The range's pairs, each as it arrives: a range of any length in bounded memory. */
    void stream(Operation.Range operation, Consumer<Reply.Pair> pairs);

    Reply.Delete delete(Operation.Delete operation);

    Reply.Txn txn(List<Comparison> comparisons, List<Operation> success, List<Operation> failure);

    Reply.Done compact(long revision, boolean physical);

    /** Tells of changes, in order, one reply at a time, until one says that it has ended; returns at once. */
    void watch(Operation.Watch operation, Consumer<Reply.Watched> replies);

    /** Has all watches told how far they are. */
    void requestProgress();

    Reply.Status status();

    Reply.Members members(boolean linearizable);

    Reply.Members memberAdd(List<String> peerUrls, boolean learner);

    Reply.Members memberRemove(long id);

    Reply.Members memberUpdate(long id, List<String> peerUrls);

    Reply.Members memberPromote(long id);

    Reply.Done moveLeader(long target);

    Reply.Alarms alarms();

    Reply.Alarms disarm(Reply.Alarm alarm);

    Reply.Downgrade downgrade(int action, String target);

    Reply.Done defragment();

    Reply.HashKv hashKv(long revision);

    Users users();

    /** All of a snapshot, piece by piece; what the taker throws ends it. */
    void snapshot(SnapshotTaker taker);

    /** Takes a snapshot: how many bytes have come with these, and about how many are to come. */
    @FunctionalInterface
    interface SnapshotTaker {
        void take(byte[] bytes, long length, long remaining);
    }

    Reply.Lease leaseGrant(long ttl);

    Reply.Done leaseRevoke(long id);

    Reply.Lease leaseKeepAlive(long id);

    Reply.LeaseTime leaseTimeToLive(long id, boolean keys);

    Reply.Leases leases();

    /** Asks for a lock. */
    Claim lock(String name, long ttl);

    /** Asks for the lead. */
    Claim campaign(String election, String proposal, long ttl);

    /** Tells of every leader from now on, and of what it says. */
    void observe(String election, Consumer<Reply.Range> leaders);

    @Override
    void close();

    /** Makes the connection to servers; it may be made when it is first needed. */
    @FunctionalInterface
    interface Connector {
        Store connect(List<String> endpoints, long dialTimeoutNs, long commandTimeoutNs);
    }
}
