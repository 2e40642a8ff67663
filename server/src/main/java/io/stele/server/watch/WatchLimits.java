package io.stele.server.watch;

/** How much watching may take up, and how much of it is done at a time. */
public final class WatchLimits {
    /** Bytes of a history slice or of a batch, unless one event has more. */
    private static final int STEP_BYTES = 256 * 1024;

    /** What a watch takes up beside its key: it was 255 bytes as measured, on a gRPC stream some 60 more. */
    static final int WATCH_BYTES = 320;

    int logBytes = 16 * 1024 * 1024;
    int logRevisionsMax = 128 * 1024;
    int sliceCount = 8;
    int sliceBytes = STEP_BYTES;
    int sliceEvents = 1024;
    int batchBytes = STEP_BYTES;
    int batchEvents = 512;
    int frameBytes = 64 * 1024;
    int watchesPerConnectionMax = 100_000;
    int watchesMax = 1_000_000;
    long heapBytesMax = 512L * 1024 * 1024;
    long progressIntervalNs = 600_000_000_000L;
    long unsentBytesMax = 128 * 1024;
    long restNsPerConnection;
    long restNsMax;
    int busyBytes = 32 * 1024;
    int idleBytes = STEP_BYTES;

    /** The newest events kept in memory; a power of two. */
    public WatchLimits logBytes(int value) {
        logBytes = value;
        return this;
    }

    /** Revisions whose events are kept in memory; a power of two. */
    public WatchLimits logRevisionsMax(int value) {
        logRevisionsMax = value;
        return this;
    }

    /** What is read from history at once, and kept for others who are at about the same place. */
    public WatchLimits slices(int count, int bytes, int events) {
        sliceCount = count;
        sliceBytes = bytes;
        sliceEvents = events;
        return this;
    }

    /** What is handed out in one step, and the length that frames do not exceed but for a single event. */
    public WatchLimits batch(int bytes, int events, int bytesOfFrame) {
        batchBytes = bytes;
        batchEvents = events;
        frameBytes = bytesOfFrame;
        return this;
    }

    /** How many watches one connection may have. */
    public WatchLimits watchesPerConnectionMax(int value) {
        watchesPerConnectionMax = value;
        return this;
    }

    public WatchLimits watchesMax(int value) {
        watchesMax = value;
        return this;
    }

    /** What all watches may take up on the heap, with their keys: others need it, too. */
    public WatchLimits heapBytesMax(long value) {
        heapBytesMax = value;
        return this;
    }

    /** After so long without an event a watch that wants to know is told how far it is. */
    public WatchLimits progressIntervalNs(long value) {
        progressIntervalNs = value;
        return this;
    }

    /** A connection with more than this unsent gets no further events: what a stopped reader takes up. */
    public WatchLimits unsentBytesMax(long value) {
        unsentBytesMax = value;
        return this;
    }

    /**
     * How long new events are gathered after some were handed out: so long for each connection that got some, and no
     * longer than the maximum. Without it every put that comes by itself costs a send to each of them.
     */
    public WatchLimits restNs(long perConnection, long max) {
        restNsPerConnection = perConnection;
        restNsMax = max;
        return this;
    }

    /** Bytes of events looked at in one cycle for those who are behind, beside other work and without it. */
    public WatchLimits catchUpBytes(int beside, int without) {
        busyBytes = beside;
        idleBytes = without;
        return this;
    }

    public long unsentBytesMax() {
        return unsentBytesMax;
    }

    public int catchUpBytes(boolean isBusy) {
        return isBusy ? busyBytes : idleBytes;
    }
}
