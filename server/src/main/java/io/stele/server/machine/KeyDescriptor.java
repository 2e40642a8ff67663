package io.stele.server.machine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.index.KeyRecord;
import io.stele.storage.page.Slice;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Entry of the tree of live keys: the user's key as it is, and where its newest version lies.
 *
 * <pre>
 *   key:    the user's bytes
 *   value:  little endian
 *   0               8               16              24              32
 *   +---------------+---------------+---------------+---------------+
 *   | createRevision| modRevision   | version       | lease         |
 *   +---------------+-------+-------+---------------+-------+-------+
 *   | valueHash     | modSub| depth | anchorRevision| ancSub|
 *   +---------------+-------+-------+---------------+-------+
 *   32              40      44      48              56      60
 * </pre>
 *
 * <p>Depth and anchor: see {@link VersionChain}.
 */
final class KeyDescriptor {
    static final int LENGTH = 60;

    /** The largest user key. */
    static final int KEY_LENGTH_MAX = 32_000;

    private static final int CREATE = 0;
    private static final int MOD = 8;
    private static final int VERSION = 16;
    private static final int LEASE = 24;
    private static final int VALUE_HASH = 32;
    private static final int MOD_SUB = 40;
    private static final int DEPTH = 44;
    private static final int ANCHOR = 48;
    private static final int ANCHOR_SUB = 56;

    private KeyDescriptor() {}

    /** The largest user key where the longest key of a tree is as long as this: less with very small blocks. */
    static int keyLengthMax(int treeKeyLengthMax) {
        return Math.min(KEY_LENGTH_MAX, treeKeyLengthMax - LeaseDescriptor.PREFIX_LENGTH);
    }

    static void encode(MutableDirectBuffer buffer, int offset, KeyRecord record) {
        buffer.putLong(offset + CREATE, record.createRevision, LITTLE_ENDIAN);
        buffer.putLong(offset + MOD, record.modRevision, LITTLE_ENDIAN);
        buffer.putLong(offset + VERSION, record.version, LITTLE_ENDIAN);
        buffer.putLong(offset + LEASE, record.lease, LITTLE_ENDIAN);
        buffer.putLong(offset + VALUE_HASH, record.valueHash, LITTLE_ENDIAN);
        buffer.putInt(offset + MOD_SUB, record.modSubRevision, LITTLE_ENDIAN);
        buffer.putInt(offset + DEPTH, record.depth, LITTLE_ENDIAN);
        buffer.putLong(offset + ANCHOR, record.anchorRevision, LITTLE_ENDIAN);
        buffer.putInt(offset + ANCHOR_SUB, record.anchorSubRevision, LITTLE_ENDIAN);
    }

    static void decode(Slice value, KeyRecord into) {
        if (value.length() != LENGTH) {
            throw new IllegalStateException("key entry of " + value.length() + " bytes");
        }
        DirectBuffer buffer = value.buffer();
        int offset = value.offset();
        into.createRevision = buffer.getLong(offset + CREATE, LITTLE_ENDIAN);
        into.modRevision = buffer.getLong(offset + MOD, LITTLE_ENDIAN);
        into.version = buffer.getLong(offset + VERSION, LITTLE_ENDIAN);
        into.lease = buffer.getLong(offset + LEASE, LITTLE_ENDIAN);
        into.valueHash = buffer.getLong(offset + VALUE_HASH, LITTLE_ENDIAN);
        into.modSubRevision = buffer.getInt(offset + MOD_SUB, LITTLE_ENDIAN);
        into.depth = buffer.getInt(offset + DEPTH, LITTLE_ENDIAN);
        into.anchorRevision = buffer.getLong(offset + ANCHOR, LITTLE_ENDIAN);
        into.anchorSubRevision = buffer.getInt(offset + ANCHOR_SUB, LITTLE_ENDIAN);
    }
}
