package io.stele.server.machine;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Entry of the tree of revisions: one version of one key, whole. Appended in ascending order.
 *
 * <pre>
 *   key, big endian                value, little endian
 *   0               8       12     0               8               16              24      28
 *   +---------------+-------+      +---------------+---------------+---------------+-------+-----+-------+
 *   | main          | sub   |      | createRevision| version       | lease         | keyLen| key | value |
 *   +---------------+-------+      +---------------+---------------+---------------+-------+-----+-------+
 *
 *   tombstone: keyLen has its highest bit set, the three numbers are 0, no value
 * </pre>
 */
final class RevisionDescriptor {
    static final int KEY_LENGTH = 12;
    static final int HEADER_LENGTH = 28;

    static final int CREATE = 0;
    static final int VERSION = 8;
    static final int LEASE = 16;
    static final int USER_KEY_LENGTH = 24;
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

    static void encodeHeader(
            MutableDirectBuffer buffer,
            long createRevision,
            long version,
            long lease,
            int keyLength,
            boolean tombstone) {
        buffer.putLong(CREATE, createRevision, LITTLE_ENDIAN);
        buffer.putLong(VERSION, version, LITTLE_ENDIAN);
        buffer.putLong(LEASE, lease, LITTLE_ENDIAN);
        buffer.putInt(USER_KEY_LENGTH, tombstone ? keyLength | TOMBSTONE_BIT : keyLength, LITTLE_ENDIAN);
    }
}
