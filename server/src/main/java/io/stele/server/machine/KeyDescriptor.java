package io.stele.server.machine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.index.KeyRecord;
import io.stele.storage.page.Slice;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Entry of the tree of live keys: the user's key as it is, and where its newest version lies. As short as its numbers
 * allow: with small keys these entries are most of what a put makes dirty.
 *
 * <pre>
 *   key:    the user's bytes
 *   value:  little endian, numbers of 5, 5, 5, 4, 4 and 8 bytes, then those that are not 0
 *   0     1               6               11              16      20      24              32
 *   +-----+---------------+---------------+---------------+-------+-------+---------------+-------+--------+--------+
 *   |flags| createRevision| modRevision   | anchorRevision|version| depth | valueHash     |[lease]|[modSub | ancSub]|
 *   +-----+---------------+---------------+---------------+-------+-------+---------------+-------+--------+--------+
 *   bit 0 lease 8 bytes, bit 1 modSub and ancSub 4 bytes each
 *
 *   where a number is too large, and in stores of before:
 *   0               8               16              24              32
 *   +---------------+---------------+---------------+---------------+
 *   | createRevision| modRevision   | version       | lease         |
 *   +---------------+-------+-------+---------------+-------+-------+
 *   | valueHash     | modSub| depth | anchorRevision| ancSub|
 *   +---------------+-------+-------+---------------+-------+
 *   32              40      44      48              56      60
 * </pre>
 *
 * <p>Which of both it is, the length says. Depth and anchor: see {@link VersionChain}.
 */
final class KeyDescriptor {
    static final int LENGTH_MAX = 60;

    /** The largest user key. */
    static final int KEY_LENGTH_MAX = 32_000;

    private static final int FLAGS = 0;
    private static final int CREATE = 1;
    private static final int MOD = 6;
    private static final int ANCHOR = 11;
    private static final int VERSION = 16;
    private static final int DEPTH = 20;
    private static final int VALUE_HASH = 24;
    private static final int OPTIONAL = 32;
    private static final int FLAG_LEASE = 1;
    private static final int FLAG_SUBS = 2;

    private static final int WIDE_CREATE = 0;
    private static final int WIDE_MOD = 8;
    private static final int WIDE_VERSION = 16;
    private static final int WIDE_LEASE = 24;
    private static final int WIDE_VALUE_HASH = 32;
    private static final int WIDE_MOD_SUB = 40;
    private static final int WIDE_DEPTH = 44;
    private static final int WIDE_ANCHOR = 48;
    private static final int WIDE_ANCHOR_SUB = 56;

    private KeyDescriptor() {}

    /** The largest user key where the longest key of a tree is as long as this: less with very small blocks. */
    static int keyLengthMax(int treeKeyLengthMax) {
        return Math.min(KEY_LENGTH_MAX, treeKeyLengthMax - LeaseDescriptor.PREFIX_LENGTH);
    }

    /** The length of what was encoded, at most {@link #LENGTH_MAX}. */
    static int encode(MutableDirectBuffer buffer, int offset, KeyRecord record) {
        long revisions = record.createRevision | record.modRevision | record.anchorRevision;
        if (revisions >>> RevisionDescriptor.REVISION_BITS != 0 || record.version >>> Integer.SIZE != 0) {
            return encodeWide(buffer, offset, record);
        }
        int flags = 0;
        int length = OPTIONAL;
        // Each number's highest bytes, which are 0, are overwritten by the next number.
        buffer.putLong(offset + CREATE, record.createRevision, LITTLE_ENDIAN);
        buffer.putLong(offset + MOD, record.modRevision, LITTLE_ENDIAN);
        buffer.putLong(offset + ANCHOR, record.anchorRevision, LITTLE_ENDIAN);
        buffer.putInt(offset + VERSION, (int) record.version, LITTLE_ENDIAN);
        buffer.putInt(offset + DEPTH, record.depth, LITTLE_ENDIAN);
        buffer.putLong(offset + VALUE_HASH, record.valueHash, LITTLE_ENDIAN);
        if (record.lease != 0) {
            flags |= FLAG_LEASE;
            buffer.putLong(offset + length, record.lease, LITTLE_ENDIAN);
            length += Long.BYTES;
        }
        if ((record.modSubRevision | record.anchorSubRevision) != 0) {
            flags |= FLAG_SUBS;
            buffer.putInt(offset + length, record.modSubRevision, LITTLE_ENDIAN);
            buffer.putInt(offset + length + Integer.BYTES, record.anchorSubRevision, LITTLE_ENDIAN);
            length += Long.BYTES;
        }
        buffer.putByte(offset + FLAGS, (byte) flags);
        return length;
    }

    private static int encodeWide(MutableDirectBuffer buffer, int offset, KeyRecord record) {
        buffer.putLong(offset + WIDE_CREATE, record.createRevision, LITTLE_ENDIAN);
        buffer.putLong(offset + WIDE_MOD, record.modRevision, LITTLE_ENDIAN);
        buffer.putLong(offset + WIDE_VERSION, record.version, LITTLE_ENDIAN);
        buffer.putLong(offset + WIDE_LEASE, record.lease, LITTLE_ENDIAN);
        buffer.putLong(offset + WIDE_VALUE_HASH, record.valueHash, LITTLE_ENDIAN);
        buffer.putInt(offset + WIDE_MOD_SUB, record.modSubRevision, LITTLE_ENDIAN);
        buffer.putInt(offset + WIDE_DEPTH, record.depth, LITTLE_ENDIAN);
        buffer.putLong(offset + WIDE_ANCHOR, record.anchorRevision, LITTLE_ENDIAN);
        buffer.putInt(offset + WIDE_ANCHOR_SUB, record.anchorSubRevision, LITTLE_ENDIAN);
        return LENGTH_MAX;
    }

    static void decode(Slice value, KeyRecord into) {
        DirectBuffer buffer = value.buffer();
        int offset = value.offset();
        if (value.length() == LENGTH_MAX) {
            decodeWide(buffer, offset, into);
            return;
        }
        int flags = value.length() < OPTIONAL ? 0 : buffer.getByte(offset + FLAGS);
        int length = OPTIONAL + Long.BYTES * Integer.bitCount(flags & (FLAG_LEASE | FLAG_SUBS));
        if (value.length() != length) {
            throw new IllegalStateException("key entry of " + value.length() + " bytes");
        }
        into.createRevision = buffer.getLong(offset + CREATE, LITTLE_ENDIAN) & RevisionDescriptor.REVISION_MASK;
        into.modRevision = buffer.getLong(offset + MOD, LITTLE_ENDIAN) & RevisionDescriptor.REVISION_MASK;
        into.anchorRevision = buffer.getLong(offset + ANCHOR, LITTLE_ENDIAN) & RevisionDescriptor.REVISION_MASK;
        into.version = Integer.toUnsignedLong(buffer.getInt(offset + VERSION, LITTLE_ENDIAN));
        into.depth = buffer.getInt(offset + DEPTH, LITTLE_ENDIAN);
        into.valueHash = buffer.getLong(offset + VALUE_HASH, LITTLE_ENDIAN);
        into.lease = (flags & FLAG_LEASE) == 0 ? 0 : buffer.getLong(offset + OPTIONAL, LITTLE_ENDIAN);
        boolean hasSubs = (flags & FLAG_SUBS) != 0;
        int subs = offset + length - Long.BYTES;
        into.modSubRevision = hasSubs ? buffer.getInt(subs, LITTLE_ENDIAN) : 0;
        into.anchorSubRevision = hasSubs ? buffer.getInt(subs + Integer.BYTES, LITTLE_ENDIAN) : 0;
    }

    private static void decodeWide(DirectBuffer buffer, int offset, KeyRecord into) {
        into.createRevision = buffer.getLong(offset + WIDE_CREATE, LITTLE_ENDIAN);
        into.modRevision = buffer.getLong(offset + WIDE_MOD, LITTLE_ENDIAN);
        into.version = buffer.getLong(offset + WIDE_VERSION, LITTLE_ENDIAN);
        into.lease = buffer.getLong(offset + WIDE_LEASE, LITTLE_ENDIAN);
        into.valueHash = buffer.getLong(offset + WIDE_VALUE_HASH, LITTLE_ENDIAN);
        into.modSubRevision = buffer.getInt(offset + WIDE_MOD_SUB, LITTLE_ENDIAN);
        into.depth = buffer.getInt(offset + WIDE_DEPTH, LITTLE_ENDIAN);
        into.anchorRevision = buffer.getLong(offset + WIDE_ANCHOR, LITTLE_ENDIAN);
        into.anchorSubRevision = buffer.getInt(offset + WIDE_ANCHOR_SUB, LITTLE_ENDIAN);
    }
}
