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
 *   value, little endian
 *   0               8               16              24              32      36
 *   +---------------+---------------+---------------+---------------+-------+
 *   | createRevision| version       | lease         | previousMain  | prvSub|
 *   +---------------+-------+-------+-----+-------+-+---------------+-------+
 *   | anchorMain    | ancSub| keyLen| key | value |
 *   +---------------+-------+-------+-----+-------+
 *   36              44      48      52
 *
 *   tombstone:           keyLen has its highest bit set, the first three numbers are 0, no value
 *   after a tombstone:   prvSub has its highest bit set
 *   no previous, anchor: 0
 * </pre>
 *
 * <p>Previous and anchor are earlier versions of the same key: see {@link VersionChain}.
 */
final class RevisionDescriptor {
    static final int KEY_LENGTH = 12;
    static final int HEADER_LENGTH = 52;

    static final int CREATE = 0;
    static final int VERSION = 8;
    static final int LEASE = 16;
    static final int PREVIOUS_MAIN = 24;
    static final int PREVIOUS_SUB = 32;
    static final int ANCHOR_MAIN = 36;
    static final int ANCHOR_SUB = 44;
    static final int USER_KEY_LENGTH = 48;
    static final int TOMBSTONE_BIT = 0x8000_0000;

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

    /** Encodes a version of which {@code previous} is the one before, or null; version 0 is a tombstone. */
    static void encodeHeader(MutableDirectBuffer buffer, KeyRecord record, KeyRecord previous, int keyLength) {
        buffer.putLong(CREATE, record.createRevision, LITTLE_ENDIAN);
        buffer.putLong(VERSION, record.version, LITTLE_ENDIAN);
        buffer.putLong(LEASE, record.lease, LITTLE_ENDIAN);
        long previousMain = previous == null ? 0 : previous.modRevision;
        int previousSub = previous == null ? 0 : previous.modSubRevision;
        boolean afterTombstone = previous != null && previous.version == 0;
        buffer.putLong(PREVIOUS_MAIN, previousMain, LITTLE_ENDIAN);
        buffer.putInt(PREVIOUS_SUB, afterTombstone ? previousSub | TOMBSTONE_BIT : previousSub, LITTLE_ENDIAN);
        buffer.putLong(ANCHOR_MAIN, record.anchorRevision, LITTLE_ENDIAN);
        buffer.putInt(ANCHOR_SUB, record.anchorSubRevision, LITTLE_ENDIAN);
        buffer.putInt(USER_KEY_LENGTH, record.version == 0 ? keyLength | TOMBSTONE_BIT : keyLength, LITTLE_ENDIAN);
    }
}
