package io.stele.server.machine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.index.KeyRecord;
import io.stele.storage.page.Slice;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Entry of the tree of graves: a deleted key whose deletion is not compacted yet, and where its tombstone lies.
 *
 * <pre>
 *   key:    the user's bytes
 *   value:  little endian
 *   0               8       12      16              24      28
 *   +---------------+-------+-------+---------------+-------+
 *   | modRevision   | modSub| depth | anchorRevision| ancSub|
 *   +---------------+-------+-------+---------------+-------+
 * </pre>
 */
final class GraveDescriptor {
    static final int LENGTH = 28;

    private static final int MOD = 0;
    private static final int MOD_SUB = 8;
    private static final int DEPTH = 12;
    private static final int ANCHOR = 16;
    private static final int ANCHOR_SUB = 24;

    private GraveDescriptor() {}

    static void encode(MutableDirectBuffer buffer, int offset, KeyRecord tombstone) {
        buffer.putLong(offset + MOD, tombstone.modRevision, LITTLE_ENDIAN);
        buffer.putInt(offset + MOD_SUB, tombstone.modSubRevision, LITTLE_ENDIAN);
        buffer.putInt(offset + DEPTH, tombstone.depth, LITTLE_ENDIAN);
        buffer.putLong(offset + ANCHOR, tombstone.anchorRevision, LITTLE_ENDIAN);
        buffer.putInt(offset + ANCHOR_SUB, tombstone.anchorSubRevision, LITTLE_ENDIAN);
    }

    /** Fills in the tombstone's place, depth and anchor; the rest of the record stays. */
    static void decode(Slice value, KeyRecord into) {
        if (value.length() != LENGTH) {
            throw new IllegalStateException("grave of " + value.length() + " bytes");
        }
        DirectBuffer buffer = value.buffer();
        int offset = value.offset();
        into.modRevision = buffer.getLong(offset + MOD, LITTLE_ENDIAN);
        into.modSubRevision = buffer.getInt(offset + MOD_SUB, LITTLE_ENDIAN);
        into.depth = buffer.getInt(offset + DEPTH, LITTLE_ENDIAN);
        into.anchorRevision = buffer.getLong(offset + ANCHOR, LITTLE_ENDIAN);
        into.anchorSubRevision = buffer.getInt(offset + ANCHOR_SUB, LITTLE_ENDIAN);
    }
}
