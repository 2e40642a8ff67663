package io.stele.consensus;

/** What the leader has accepted and not yet committed, so that a slow quorum cannot make it accept without end. */
final class UncommittedWindow {
    private final int[] lengths;
    private final long bytesMax;
    private long firstIndex;
    private long lastIndex;
    private long bytes;

    UncommittedWindow(int entriesMax, long bytesMax) {
        this.lengths = new int[entriesMax];
        this.bytesMax = bytesMax;
    }

    /** Starts over behind an index. */
    void reset(long behind) {
        firstIndex = behind + 1;
        lastIndex = behind;
        bytes = 0;
    }

    long bytes() {
        return bytes;
    }

    boolean hasRoomFor(int length) {
        return lastIndex - firstIndex + 1 < lengths.length && bytes + length <= bytesMax;
    }

    void add(long logIndex, int length) {
        assert logIndex == lastIndex + 1 : "gap at " + logIndex;
        lastIndex = logIndex;
        lengths[place(logIndex)] = length;
        bytes += length;
    }

    void commitTo(long logIndex) {
        while (firstIndex <= logIndex && firstIndex <= lastIndex) {
            bytes -= lengths[place(firstIndex)];
            firstIndex++;
        }
    }

    private int place(long logIndex) {
        return (int) (logIndex & (lengths.length - 1));
    }
}
