package io.stele.server.machine;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.index.KeyRecord;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Entry of the tree of revisions: one version of one key, whole. Appended in ascending order.
 *
 * <pre>
 *   key, big endian
 *   0               8       12
 *   +---------------+-------+
 *   | main          | sub   |
 *   +---------------+-------+
 *
 *   value, little endian, numbers of 5, 2, 5, 5 and 4 bytes, then those that are not 0, then key and value
 *   0               5     7     8               13              18      22
 *   +---------------+-----+-----+---------------+---------------+-------+-------+-----------------+-----+-------+
 *   | createRevision|keyLn|flags| previousMain  | anchorMain    |version|[lease]|[prvSub | ancSub]| key | value |
 *   +---------------+-----+-----+---------------+---------------+-------+-------+-----------------+-----+-------+
 *   flags: bit 0 lease 8 bytes, bit 1 prvSub and ancSub 4 bytes each, bit 2 tombstone, bit 3 after a tombstone,
 *   bit 7 always set
 *
 *   where a number is too large, and in stores of before: byte 7 is createRevision's highest, which is 0
 *   0               8               16              24              32      36
 *   +---------------+---------------+---------------+---------------+-------+
 *   | createRevision| version       | lease         | previousMain  | prvSub|
 *   +---------------+-------+-------+-----+-------+-+---------------+-------+
 *   | anchorMain    | ancSub| keyLen| key | value |
 *   +---------------+-------+-------+-----+-------+
 *   36              44      48      52
 *   tombstone: keyLen has its highest bit set, after a tombstone: prvSub has its highest bit set
 *
 *   tombstone:           the first three numbers are 0, no value
 *   no previous, anchor: 0
 * </pre>
 *
 * <p>Previous and anchor are earlier versions of the same key: see {@link VersionChain}.
 */
final class RevisionDescriptor {
    static final int KEY_LENGTH = 12;

    static final int CREATE = 0;
    static final int USER_KEY_LENGTH = 5;
    static final int FLAGS = 7;
    static final int PREVIOUS_MAIN = 8;
    static final int ANCHOR_MAIN = 13;
    static final int VERSION = 18;
    static final int OPTIONAL = 22;
    static final int FLAG_LEASE = 1;
    static final int FLAG_SUBS = 1 << 1;
    static final int FLAG_TOMBSTONE = 1 << 2;
    static final int FLAG_AFTER_TOMBSTONE = 1 << 3;
    static final int FLAG_SHORT = 1 << 7;
    static final int REVISION_BITS = 40;
    static final long REVISION_MASK = (1L << REVISION_BITS) - 1;

    static final int WIDE_HEADER_LENGTH = 52;
    static final int HEADER_LENGTH_MAX = WIDE_HEADER_LENGTH;
    static final int WIDE_CREATE = 0;
    static final int WIDE_VERSION = 8;
    static final int WIDE_LEASE = 16;
    static final int WIDE_PREVIOUS_MAIN = 24;
    static final int WIDE_PREVIOUS_SUB = 32;
    static final int WIDE_ANCHOR_MAIN = 36;
    static final int WIDE_ANCHOR_SUB = 44;
    static final int WIDE_USER_KEY_LENGTH = 48;
    static final int WIDE_TOMBSTONE_BIT = 0x8000_0000;

    private RevisionDescriptor() {}

    static void encodeKey(MutableDirectBuffer buffer, int offset, long main, int sub) {
        buffer.putLong(offset, main, BIG_ENDIAN);
        buffer.putInt(offset + Long.BYTES, sub, BIG_ENDIAN);
    }

    static long main(DirectBuffer buffer, int offset) {
        return buffer.getLong(offset, BIG_ENDIAN);
    }

    static int sub(DirectBuffer buffer, int offset) {
        return buffer.getInt(offset + Long.BYTES, BIG_ENDIAN);
    }

    /** Of the short form. */
    static int headerLength(int flags) {
        return OPTIONAL + Long.BYTES * Integer.bitCount(flags & (FLAG_LEASE | FLAG_SUBS));
    }

    /**
     * Encodes a version of which {@code previous} is the one before, or null; version 0 is a tombstone. The length, at
     * most {@link #HEADER_LENGTH_MAX}.
     */
    static int encodeHeader(MutableDirectBuffer buffer, KeyRecord record, KeyRecord previous, int keyLength) {
        if (isWide(record, previous)) {
            encodeWideHeader(buffer, record, previous, keyLength);
            return WIDE_HEADER_LENGTH;
        }
        int flags = flags(record, previous);
        // Each number's highest bytes, which are 0, are overwritten by the next.
        buffer.putLong(CREATE, record.createRevision, LITTLE_ENDIAN);
        buffer.putShort(USER_KEY_LENGTH, (short) keyLength, LITTLE_ENDIAN);
        buffer.putByte(FLAGS, (byte) flags);
        buffer.putLong(PREVIOUS_MAIN, previous == null ? 0 : previous.modRevision, LITTLE_ENDIAN);
        buffer.putLong(ANCHOR_MAIN, record.anchorRevision, LITTLE_ENDIAN);
        buffer.putInt(VERSION, (int) record.version, LITTLE_ENDIAN);
        int offset = OPTIONAL;
        if ((flags & FLAG_LEASE) != 0) {
            buffer.putLong(offset, record.lease, LITTLE_ENDIAN);
            offset += Long.BYTES;
        }
        if ((flags & FLAG_SUBS) != 0) {
            buffer.putInt(offset, previous == null ? 0 : previous.modSubRevision, LITTLE_ENDIAN);
            buffer.putInt(offset + Integer.BYTES, record.anchorSubRevision, LITTLE_ENDIAN);
            offset += Long.BYTES;
        }
        return offset;
    }

    private static boolean isWide(KeyRecord record, KeyRecord previous) {
        long revisions = record.createRevision | record.anchorRevision | (previous == null ? 0 : previous.modRevision);
        return revisions >>> REVISION_BITS != 0 || record.version >>> Integer.SIZE != 0;
    }

    private static int flags(KeyRecord record, KeyRecord previous) {
        int previousSub = previous == null ? 0 : previous.modSubRevision;
        return FLAG_SHORT
                | (record.lease != 0 ? FLAG_LEASE : 0)
                | ((record.anchorSubRevision | previousSub) != 0 ? FLAG_SUBS : 0)
                | (record.version == 0 ? FLAG_TOMBSTONE : 0)
                | (previous != null && previous.version == 0 ? FLAG_AFTER_TOMBSTONE : 0);
    }

    private static void encodeWideHeader(
            MutableDirectBuffer buffer, KeyRecord record, KeyRecord previous, int keyLength) {
        buffer.putLong(WIDE_CREATE, record.createRevision, LITTLE_ENDIAN);
        buffer.putLong(WIDE_VERSION, record.version, LITTLE_ENDIAN);
        buffer.putLong(WIDE_LEASE, record.lease, LITTLE_ENDIAN);
        long previousMain = previous == null ? 0 : previous.modRevision;
        int previousSub = previous == null ? 0 : previous.modSubRevision;
        boolean afterTombstone = previous != null && previous.version == 0;
        buffer.putLong(WIDE_PREVIOUS_MAIN, previousMain, LITTLE_ENDIAN);
        buffer.putInt(
                WIDE_PREVIOUS_SUB, afterTombstone ? previousSub | WIDE_TOMBSTONE_BIT : previousSub, LITTLE_ENDIAN);
        buffer.putLong(WIDE_ANCHOR_MAIN, record.anchorRevision, LITTLE_ENDIAN);
        buffer.putInt(WIDE_ANCHOR_SUB, record.anchorSubRevision, LITTLE_ENDIAN);
        buffer.putInt(
                WIDE_USER_KEY_LENGTH, record.version == 0 ? keyLength | WIDE_TOMBSTONE_BIT : keyLength, LITTLE_ENDIAN);
    }
}
