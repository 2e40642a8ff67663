package io.stele.server.node;

import org.agrona.BitUtil;

/**
 * Who waits for which log entry: a ring of proposals in log order, without allocation.
 *
 * <p>Only this node's own proposals of the current term are here, and these have consecutive or at least ascending log
 * indices, so the oldest is always the next one to be applied.
 */
final class PendingReplies {
    private final int mask;
    private final long[] logIndices;
    private final long[] terms;
    private final long[] connectionIds;
    private final long[] correlationIds;
    private final long[] proposedNs;
    private final long[] receivedNs;
    private long head;
    private long tail;

    /** @param capacity most proposals in flight; rounded up to a power of two */
    PendingReplies(int capacity) {
        int length = BitUtil.findNextPositivePowerOfTwo(capacity);
        mask = length - 1;
        logIndices = new long[length];
        terms = new long[length];
        connectionIds = new long[length];
        correlationIds = new long[length];
        proposedNs = new long[length];
        receivedNs = new long[length];
    }

    int count() {
        return (int) (tail - head);
    }

    boolean isFull() {
        return count() > mask;
    }

    boolean hasRoomFor(int proposals) {
        return mask + 1 - count() >= proposals;
    }

    void add(long logIndex, long term, long connectionId, long correlationId, long nowNs) {
        add(logIndex, term, connectionId, correlationId, nowNs, 0);
    }

    /** @param received when the request arrived, if it asks for timings; else 0 */
    void add(long logIndex, long term, long connectionId, long correlationId, long nowNs, long received) {
        assert !isFull() : "caller checks isFull before it proposes";
        assert head == tail || logIndices[(int) (tail - 1) & mask] < logIndex : "proposals come in log order";
        int slot = (int) tail & mask;
        logIndices[slot] = logIndex;
        terms[slot] = term;
        connectionIds[slot] = connectionId;
        correlationIds[slot] = correlationId;
        proposedNs[slot] = nowNs;
        receivedNs[slot] = received;
        tail++;
    }

    /**
     * Whether somebody here waits for exactly this entry, which is the next one to be applied.
     */
    boolean isNext(long logIndex, long term) {
        if (head == tail) {
            return false;
        }
        int slot = (int) head & mask;
        return logIndices[slot] == logIndex && terms[slot] == term;
    }

    /** Whether the oldest proposal's place in the log went to another entry; the caller then fails and removes it. */
    boolean isOvertaken(long logIndex, long term) {
        if (head == tail) {
            return false;
        }
        int slot = (int) head & mask;
        return logIndices[slot] < logIndex || (logIndices[slot] == logIndex && terms[slot] != term);
    }

    /** Of the oldest proposal. */
    long logIndex() {
        return logIndices[(int) head & mask];
    }

    long connectionId() {
        return connectionIds[(int) head & mask];
    }

    long correlationId() {
        return correlationIds[(int) head & mask];
    }

    long proposedNs() {
        return proposedNs[(int) head & mask];
    }

    /** 0 if it does not ask for timings. */
    long receivedNs() {
        return receivedNs[(int) head & mask];
    }

    /** Whether the newest is the proposal of this entry or a later one. */
    boolean ends(long logIndex) {
        return head != tail && logIndices[(int) (tail - 1) & mask] >= logIndex;
    }

    long newestConnectionId() {
        return connectionIds[(int) (tail - 1) & mask];
    }

    long newestCorrelationId() {
        return correlationIds[(int) (tail - 1) & mask];
    }

    void removeNewest() {
        assert head != tail;
        tail--;
    }

    void removeHead() {
        assert head != tail;
        head++;
    }
}
