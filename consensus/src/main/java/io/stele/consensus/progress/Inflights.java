package io.stele.consensus.progress;

/**
 * Appends sent to one member and not yet acknowledged: a ring of (last index, bytes), limited in both.
 *
 * <p>Acknowledging an index frees all appends that end at or below it, so a lost reply costs nothing once a later one
 * arrives.
 */
public final class Inflights {
    private final long[] lastIndices;
    private final long[] bytes;
    private final long bytesMax;
    private int first;
    private int count;
    private long bytesInFlight;

    public Inflights(int messagesMax, long bytesMax) {
        this.lastIndices = new long[messagesMax];
        this.bytes = new long[messagesMax];
        this.bytesMax = bytesMax;
    }

    public boolean isFull() {
        return count == lastIndices.length || bytesInFlight >= bytesMax;
    }

    public int count() {
        return count;
    }

    public long bytesInFlight() {
        return bytesInFlight;
    }

    /** Notes an append; the last one may pass the byte limit, so that an entry of any length can leave. */
    public void add(long lastIndex, long appendBytes) {
        assert !isFull() : "full";
        assert count == 0 || lastIndices[at(count - 1)] < lastIndex : "indices must ascend";
        lastIndices[at(count)] = lastIndex;
        bytes[at(count)] = appendBytes;
        count++;
        bytesInFlight += appendBytes;
    }

    /** Frees all appends that end at or below an index. */
    public void freeTo(long logIndex) {
        while (count > 0 && lastIndices[first] <= logIndex) {
            freeFirst();
        }
    }

    /** Frees the oldest: gives a member that may have lost everything the chance of one more message. */
    public void freeFirst() {
        bytesInFlight -= bytes[first];
        first = at(1);
        count--;
    }

    public void clear() {
        first = 0;
        count = 0;
        bytesInFlight = 0;
    }

    private int at(int place) {
        int index = first + place;
        return index < lastIndices.length ? index : index - lastIndices.length;
    }
}
