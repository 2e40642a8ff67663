package io.stele.storage.wal;

import io.stele.storage.file.Checksum;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.MappedRegion;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.StorageException.Kind;
import io.stele.storage.file.StoredFile;
import java.nio.ByteBuffer;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One mapped segment file. The node thread writes records to it, a batch at a time, and reads them through the
 * mapping; what lies below the appended position never changes.
 */
final class WalSegment implements AutoCloseable {
    private final StoredFile file;
    private final MappedRegion region;
    private final MutableDirectBuffer buffer;
    private final long generation;
    private final long salt;

    /** The segment that continues this one; set once, by the node thread, after {@link #endOffset}. */
    private volatile WalSegment next;

    private int endOffset;

    private WalSegment(StoredFile file, MappedRegion region, long generation) {
        this.file = file;
        this.region = region;
        this.generation = generation;
        buffer = region.buffer();
        salt = WalDescriptor.salt(buffer);
    }

    /** Maps a segment file, after a look at its header. */
    static WalSegment open(FileStore store, long generation, boolean repair, Checksum checksum) {
        String name = WalDescriptor.segmentName(generation);
        StoredFile file = store.open(name);
        try {
            UnsafeBuffer header = new UnsafeBuffer(new byte[WalDescriptor.SEGMENT_HEADER_LENGTH]);
            file.read(0, header, 0, header.capacity());
            String fault = WalDescriptor.segmentHeaderFault(header, checksum, generation);
            if (fault != null) {
                throw new StorageException(Kind.CORRUPT, name + " offset 0: " + fault);
            }
            // A file that was cut short reads like one that ends in zeros: what is missing is judged as records are.
            if (repair && file.length() < WalDescriptor.capacity(header)) {
                file.extend(WalDescriptor.capacity(header));
            }
            int length = (int) Math.min(file.length(), WalDescriptor.capacity(header));
            return new WalSegment(file, file.map(0, length), generation);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Makes a spare file the segment of a generation: header, force, final name. Each step may be the last one. */
    static WalSegment prepare(FileStore store, StoredFile spare, long generation, long salt, Checksum checksum) {
        MappedRegion region = null;
        try {
            region = spare.map(0, (int) spare.length());
            WalDescriptor.writeSegmentHeader(region.buffer(), checksum, generation, region.length(), salt);
            spare.sync();
            store.rename(WalDescriptor.SPARE_NAME, WalDescriptor.segmentName(generation));
            return new WalSegment(spare, region, generation);
        } catch (RuntimeException e) {
            CloseHelper.closeAll(region, spare);
            throw e;
        }
    }

    String name() {
        return WalDescriptor.segmentName(generation);
    }

    long generation() {
        return generation;
    }

    long salt() {
        return salt;
    }

    int capacity() {
        return region.length();
    }

    MutableDirectBuffer buffer() {
        return buffer;
    }

    long position(int offset) {
        return WalDescriptor.position(generation, offset);
    }

    /**
     * Builds a record in {@code target} at {@code at}, as it is to stand at {@code offset} of this segment; returns its
     * length there.
     */
    int build(MutableDirectBuffer target, int at, int offset, Draft record, Checksum checksum) {
        int length = record.length;
        if (length > 0) {
            target.putBytes(at + WalDescriptor.RECORD_HEADER_LENGTH, record.payload, record.payloadOffset, length);
        }
        int payloadCrc = checksum.compute(target, at + WalDescriptor.RECORD_HEADER_LENGTH, length);
        WalDescriptor.writeRecordHeader(target, at, record.kind, record.type, record.index, record.term, length);
        WalDescriptor.sealRecordHeader(
                target, at, position(offset), record.previousDigest, record.durablePosition, payloadCrc);
        WalDescriptor.headerCrc(target, at, WalDescriptor.computeHeaderCrc(target, at, checksum, salt));
        return WalDescriptor.frameLength(length);
    }

    /** True if this entry lies at {@code offset}, undamaged. */
    boolean holds(long index, int offset, Checksum checksum) {
        return valid(offset, checksum)
                && WalDescriptor.kind(buffer, offset) == WalDescriptor.KIND_ENTRY
                && WalDescriptor.index(buffer, offset) == index;
    }

    /** True if a whole, undamaged record of this segment lies at {@code offset}. */
    boolean valid(int offset, Checksum checksum) {
        if (!validHeader(offset, checksum)) {
            return false;
        }
        int length = WalDescriptor.length(buffer, offset);
        return checksum.compute(buffer, offset + WalDescriptor.RECORD_HEADER_LENGTH, length)
                == WalDescriptor.payloadCrc(buffer, offset);
    }

    boolean validHeader(int offset, Checksum checksum) {
        if (offset + WalDescriptor.RECORD_HEADER_LENGTH > capacity()
                || WalDescriptor.position(buffer, offset) != position(offset)
                || WalDescriptor.headerCrc(buffer, offset)
                        != WalDescriptor.computeHeaderCrc(buffer, offset, checksum, salt)) {
            return false;
        }
        int length = WalDescriptor.length(buffer, offset);
        return length >= 0 && length <= capacity() - offset - WalDescriptor.RECORD_HEADER_LENGTH;
    }

    /** Ends this segment at {@code offset}: {@code segment} goes on. */
    void continueIn(WalSegment segment, int offset) {
        endOffset = offset;
        next = segment;
    }

    WalSegment next() {
        return next;
    }

    /** Offset after the last record; known once there is a {@link #next()}. */
    int endOffset() {
        return endOffset;
    }

    void sync() {
        file.sync();
    }

    void write(int offset, DirectBuffer source, int sourceOffset, int length) {
        file.write(offset, source, sourceOffset, length);
    }

    void write(int offset, ByteBuffer source) {
        file.write(offset, source);
    }

    @Override
    public void close() {
        CloseHelper.closeAll(region, file);
    }

    /** What is to be written, gathered so that no call takes eight numbers. One per log, reused. */
    static final class Draft {
        byte kind;
        byte type;
        long index;
        long term;
        long previousDigest;
        long durablePosition;
        DirectBuffer payload;
        int payloadOffset;
        int length;
    }
}
