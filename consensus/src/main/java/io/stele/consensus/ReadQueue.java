package io.stele.consensus;

/**
 * The leader's linearizable reads: each waits until a quorum has answered a heartbeat round that began after it came.
 *
 * <p>Rounds are numbered by the leader and never used twice in a term; answers of another term are dropped before they
 * get here. A member's answer to a round confirms all earlier ones, for it has promised after all of them not to have
 * seen a newer leader. The read index is taken when the round begins: the commit index may only have grown since the
 * request, and a leader that has committed an entry of its own term knows all that was ever acknowledged.
 *
 * <pre>
 *   oldest                                                newest
 *   [ waiting for round 7 | waiting for round 8 | no round yet ]
 * </pre>
 */
final class ReadQueue {
    private static final int CAPACITY_INITIAL = 16;

    private final int countMax;
    private long[] requestIds = new long[CAPACITY_INITIAL];
    private long[] readers = new long[CAPACITY_INITIAL]; // who asks; our own id for a local read
    private long[] rounds = new long[CAPACITY_INITIAL];
    private long[] readIndices = new long[CAPACITY_INITIAL];
    private long first; // first, begun and end only grow; places are taken modulo the capacity, a power of two
    private long begun; // [first, begun) have a round, [begun, end) do not yet
    private long end;

    ReadQueue(int countMax) {
        this.countMax = countMax;
    }

    boolean isEmpty() {
        return first == end;
    }

    /** Whether reads wait for a round to begin. */
    boolean wantsRound() {
        return begun < end;
    }

    /** False when the queue is full. */
    boolean add(long requestId, long reader) {
        if (end - first >= countMax) {
            return false;
        }
        if (end - first == requestIds.length) {
            grow();
        }
        requestIds[place(end)] = requestId;
        readers[place(end)] = reader;
        end++;
        return true;
    }

    /** A round begins: it will confirm all that wait without one. */
    void begin(long round, long readIndex) {
        for (; begun < end; begun++) {
            rounds[place(begun)] = round;
            readIndices[place(begun)] = readIndex;
        }
    }

    /** Whether the oldest read is confirmed by a round that a quorum has answered. */
    boolean isConfirmed(long confirmedRound) {
        return first < begun && rounds[place(first)] <= confirmedRound;
    }

    /** Of the oldest read; likewise the next two. */
    long requestId() {
        return requestIds[place(first)];
    }

    long reader() {
        return readers[place(first)];
    }

    long readIndex() {
        return readIndices[place(first)];
    }

    void removeFirst() {
        first++;
        begun = Math.max(begun, first);
    }

    private int place(long at) {
        return (int) (at & (requestIds.length - 1));
    }

    private void grow() {
        requestIds = grown(requestIds);
        readers = grown(readers);
        rounds = grown(rounds);
        readIndices = grown(readIndices);
    }

    private long[] grown(long[] ring) {
        long[] bigger = new long[2 * ring.length];
        for (long at = first; at < end; at++) {
            bigger[(int) (at & (bigger.length - 1))] = ring[(int) (at & (ring.length - 1))];
        }
        return bigger;
    }
}
