package io.stele.storage.wal;

import io.stele.storage.file.Checksum;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.MappedRegion;
import io.stele.storage.file.StoredFile;
import java.nio.ByteOrder;
import org.agrona.CloseHelper;
import org.agrona.MutableDirectBuffer;

/**
 * A second copy of the headers of the newest entries, written only after the entries themselves have been forced. A
 * record that is damaged in the log and stands here is rot; one that is damaged and does not is the torn tail of a
 * write that nobody was told of.
 *
 * <pre>
 *  file wal.headers
 *
 *   0                             64          128
 *  +-----------------------------+-----------+-----------+-- - - --+
 *  | magic, version, count, salt | slot 0    | slot 1    |         |     slot of an entry: index modulo count
 *  +-----------------------------+-----------+-----------+-- - - --+
 *
 *  slot: the 56 bytes of the record header, 8 zeros
 * </pre>
 *
 * The ring is forced lazily: after each segment, when the log is idle, and when it is closed. Forcing it with every
 * sync would double the time of a commit. What follows: after a power failure (not after a crash of the process) the
 * headers of the last forced entries may be missing here. For all but the very last group of entries the log has
 * other evidence: each record says what was durable when it was appended. Only rot that strikes that last group,
 * together with a power failure, cannot be told from a torn tail by one node alone.
 *
 * <p>Written by the sync thread. A ring that is lost or damaged is replaced by an empty one: it is evidence, not data.
 */
final class HeaderRing implements AutoCloseable {
    static final String NAME = "wal.headers";

    private static final int HEADER_LENGTH = 64;
    private static final int SLOT_LENGTH = 64;
    private static final int VERSION = 1;
    private static final long MAGIC = 0x53_44_41_45_48_4c_41_57L; // "WALHEADS"
    private static final int VERSION_OFFSET = 8;
    private static final int COUNT_OFFSET = 12;
    private static final int SALT_OFFSET = 16;
    private static final int CRC_OFFSET = 60;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final StoredFile file;
    private final MappedRegion region;
    private final MutableDirectBuffer buffer;
    private final int count;
    private final long salt;

    private HeaderRing(StoredFile file, MappedRegion region) {
        this.file = file;
        this.region = region;
        buffer = region.buffer();
        count = buffer.getInt(COUNT_OFFSET, ORDER);
        salt = buffer.getLong(SALT_OFFSET, ORDER);
    }

    /** The ring of a log; null if there is none that is usable. */
    static HeaderRing openExisting(FileStore store, Checksum checksum) {
        if (!store.exists(NAME)) {
            return null;
        }
        StoredFile file = store.open(NAME);
        MappedRegion region = null;
        try {
            if (file.length() > HEADER_LENGTH && file.length() <= length(1 << 24)) {
                region = file.map(0, (int) file.length());
                if (validHeader(region.buffer(), checksum)) {
                    return new HeaderRing(file, region);
                }
            }
        } catch (RuntimeException e) {
            CloseHelper.closeAll(region, file);
            throw e;
        }
        CloseHelper.closeAll(region, file);
        return null;
    }

    private static boolean validHeader(MutableDirectBuffer buffer, Checksum checksum) {
        return buffer.getLong(0, ORDER) == MAGIC
                && buffer.getInt(VERSION_OFFSET, ORDER) == VERSION
                && buffer.getInt(CRC_OFFSET, ORDER) == checksum.compute(buffer, 0, CRC_OFFSET)
                && length(buffer.getInt(COUNT_OFFSET, ORDER)) == buffer.capacity();
    }

    /** An empty ring in place of whatever there was. */
    static HeaderRing create(FileStore store, int count, long salt, Checksum checksum) {
        if (store.exists(NAME)) {
            store.delete(NAME);
        }
        StoredFile file = store.create(NAME, length(count));
        MappedRegion region = null;
        try {
            region = file.map(0, (int) length(count));
            MutableDirectBuffer buffer = region.buffer();
            buffer.putLong(0, MAGIC, ORDER);
            buffer.putInt(VERSION_OFFSET, VERSION, ORDER);
            buffer.putInt(COUNT_OFFSET, count, ORDER);
            buffer.putLong(SALT_OFFSET, salt, ORDER);
            buffer.putInt(CRC_OFFSET, checksum.compute(buffer, 0, CRC_OFFSET), ORDER);
            file.sync();
            return new HeaderRing(file, region);
        } catch (RuntimeException e) {
            CloseHelper.closeAll(region, file);
            throw e;
        }
    }

    private static long length(int count) {
        return HEADER_LENGTH + (long) count * SLOT_LENGTH;
    }

    long salt() {
        return salt;
    }

    int count() {
        return count;
    }

    /** Copies the header of a record that has been forced. */
    void note(WalSegment segment, int offset) {
        if (WalDescriptor.kind(segment.buffer(), offset) == WalDescriptor.KIND_ENTRY) {
            long index = WalDescriptor.index(segment.buffer(), offset);
            buffer.putBytes(slot(index), segment.buffer(), offset, WalDescriptor.RECORD_HEADER_LENGTH);
        }
    }

    /** Position after the last record that stands here; 0 if none does. */
    long evidence(Checksum checksum) {
        long end = 0;
        for (int i = 0; i < count; i++) {
            int slot = HEADER_LENGTH + i * SLOT_LENGTH;
            if (valid(slot, checksum)) {
                int frameLength = WalDescriptor.frameLength(WalDescriptor.length(buffer, slot));
                end = Math.max(end, WalDescriptor.position(buffer, slot) + frameLength);
            }
        }
        return end;
    }

    /** Takes a header that stands here. */
    @FunctionalInterface
    interface Visitor {
        void onHeader(long position, long index, long term);
    }

    void forEach(Checksum checksum, Visitor visitor) {
        for (int i = 0; i < count; i++) {
            int slot = HEADER_LENGTH + i * SLOT_LENGTH;
            if (valid(slot, checksum)) {
                visitor.onHeader(
                        WalDescriptor.position(buffer, slot),
                        WalDescriptor.index(buffer, slot),
                        WalDescriptor.term(buffer, slot));
            }
        }
    }

    /** True if a copy of the record at this place stands here and says something else. */
    boolean contradicts(WalSegment segment, int offset, Checksum checksum) {
        int slot = slot(WalDescriptor.index(segment.buffer(), offset));
        if (WalDescriptor.position(buffer, slot) != segment.position(offset) || !valid(slot, checksum)) {
            return false;
        }
        for (int i = 0; i < WalDescriptor.RECORD_HEADER_LENGTH; i += Long.BYTES) {
            if (buffer.getLong(slot + i) != segment.buffer().getLong(offset + i)) {
                return true;
            }
        }
        return false;
    }

    private boolean valid(int slot, Checksum checksum) {
        return WalDescriptor.position(buffer, slot) != 0
                && WalDescriptor.headerCrc(buffer, slot)
                        == WalDescriptor.computeHeaderCrc(buffer, slot, checksum, salt);
    }

    private int slot(long index) {
        return HEADER_LENGTH + ((int) index & (count - 1)) * SLOT_LENGTH;
    }

    void sync() {
        file.sync();
    }

    @Override
    public void close() {
        CloseHelper.closeAll(region, file);
    }
}
