package io.stele.storage.wal;

import io.stele.storage.file.Checksum;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Records on their way to a segment: built here one after the other, written in one go.
 *
 * <p>Not built in the segment's mapping, because a force write-protects the pages that it writes. The first store to
 * each afterwards is a fault, and to protect them the force interrupts the processor that runs the node thread. A write
 * by position does neither.
 */
final class RecordBatch {
    private ByteBuffer bytes;
    private UnsafeBuffer records;
    private int length;

    RecordBatch(int capacity) {
        allocate(capacity);
    }

    private void allocate(int capacity) {
        bytes = ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
        records = new UnsafeBuffer(bytes);
    }

    boolean isEmpty() {
        return length == 0;
    }

    boolean hasRoom(int frameLength) {
        return frameLength <= records.capacity() - length;
    }

    /** Grows, for a record that is longer than any before. The batch must be empty. */
    void makeRoom(int frameLength) {
        assert isEmpty() : "records would be lost";
        if (!hasRoom(frameLength)) {
            allocate(frameLength);
        }
    }

    /** Adds the record that is to stand at {@code offset} of a segment; returns its digest. */
    long add(WalSegment segment, int offset, WalSegment.Draft record, Checksum checksum) {
        int at = length;
        length += segment.build(records, at, offset, record, checksum);
        return WalDescriptor.digest(records, at);
    }

    void clear() {
        length = 0;
    }

    /** Writes all records to the segment that they were built for, where they end at {@code endOffset}. */
    void writeTo(WalSegment segment, int endOffset) {
        bytes.limit(length).position(0);
        segment.write(endOffset - length, bytes);
        clear();
    }
}
