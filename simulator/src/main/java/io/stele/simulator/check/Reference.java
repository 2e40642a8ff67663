package io.stele.simulator.check;

import java.util.List;

/** What the node must answer: an independent model of the key space, stepped by the committed entries. */
public interface Reference {
    /** Takes a committed request; returns its answer in {@link Answer}'s canonical form. */
    byte[] apply(byte[] request);

    /** Says which entry the next request to be applied is. */
    void beginEntry(long logIndex, long term);

    /** Whether a request changes nothing, whatever the keys are. */
    boolean isRead(byte[] request);

    /** Whether the member that is asked may answer a read from what it has, without asking others. */
    boolean isLocal(byte[] request);

    /** The answer to a request that changes nothing. */
    byte[] read(byte[] request);

    /** What the answer was when {@code revision} was the newest; leases and compaction are as they are now. */
    byte[] readAsOf(byte[] request, long revision);

    /** What can be said of the state between two commands, to come back to it. */
    record Moment(long revision, long compactRevision, long commandCount) {}

    /** The state as it is now. */
    Moment moment();

    /** The answer to a request that changes nothing, at an earlier moment. */
    byte[] readAt(byte[] request, Moment moment);

    /** The answer to a request that is refused for what it says, before it is proposed; null if it is not. */
    byte[] refusal(byte[] request);

    /** The session that an entry has opened has this id. False if another one has it, or that one has another. */
    boolean nameSession(long logIndex, long sessionId);

    long revision();

    long compactRevision();

    boolean hasLease(long leaseId);

    /** All changes so far, in their order. */
    List<Change> changes();
}
