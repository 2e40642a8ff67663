package io.stele.storage.wal;

/** Settings of a {@link Wal}, checked once by {@link #conclude()}. */
public final class WalContext {
    static final int ENTRY_LENGTH_DEFAULT_MAX = 8 * 1024 * 1024;

    private int segmentLength = 64 * 1024 * 1024;
    private int entryLengthMax = ENTRY_LENGTH_DEFAULT_MAX;
    private int headerCount = 64 * 1024;
    private int spareSegmentMax = 1;
    private int freshBytes = 8 * 1024 * 1024;
    private long salt;

    /** Bytes of a segment file. An entry that does not fit into one gets a larger segment of its own. */
    public WalContext segmentLength(int length) {
        segmentLength = length;
        return this;
    }

    public int segmentLength() {
        return segmentLength;
    }

    /** Longer entries are refused. */
    public WalContext entryLengthMax(int length) {
        entryLengthMax = length;
        return this;
    }

    public int entryLengthMax() {
        return entryLengthMax;
    }

    /** Number of entries whose headers are kept a second time; a power of two. */
    public WalContext headerCount(int count) {
        headerCount = count;
        return this;
    }

    public int headerCount() {
        return headerCount;
    }

    /** Segments that may wait on the disk for their next use while the log grows; more are deleted. */
    public WalContext spareSegmentMax(int count) {
        spareSegmentMax = count;
        return this;
    }

    public int spareSegmentMax() {
        return spareSegmentMax;
    }

    /** So much of the log's end is taken to be in memory as it was written, and read without a check. */
    public WalContext freshBytes(int bytes) {
        freshBytes = bytes;
        return this;
    }

    public int freshBytes() {
        return freshBytes;
    }

    /** A random number for a log that is created; an existing log keeps its own. */
    public WalContext salt(long value) {
        salt = value;
        return this;
    }

    public long salt() {
        return salt;
    }

    void conclude() {
        if (segmentLength < WalDescriptor.SEGMENT_LENGTH_MIN
                || segmentLength > WalDescriptor.SEGMENT_LENGTH_MAX
                || segmentLength % WalDescriptor.SEGMENT_LENGTH_MIN != 0) {
            throw new IllegalArgumentException(
                    "segmentLength must be a multiple of 4096 up to 512 MiB: " + segmentLength);
        }
        int entryMax = WalDescriptor.SEGMENT_LENGTH_MAX - 2 * WalDescriptor.SEGMENT_LENGTH_MIN;
        if (entryLengthMax < 1 || entryLengthMax > entryMax) {
            throw new IllegalArgumentException("entryLengthMax must be in 1.." + entryMax + ": " + entryLengthMax);
        }
        if (Integer.bitCount(headerCount) != 1) {
            throw new IllegalArgumentException("headerCount must be a power of two: " + headerCount);
        }
        if (spareSegmentMax < 1) {
            throw new IllegalArgumentException("spareSegmentMax must be at least 1: " + spareSegmentMax);
        }
    }
}
