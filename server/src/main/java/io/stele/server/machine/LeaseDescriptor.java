package io.stele.server.machine;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.storage.page.Slice;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Entries of the tree of leases.
 *
 * <pre>
 *   a lease        key: | 1 | id, 8 big endian |              value: | ttl 8 | grantedIndex 8 | remaining 8 | epoch 8 |
 *   an attachment  key: | 2 | id, 8 big endian | user key |   value: empty
 * </pre>
 *
 * <p>Values are little endian. The last two are there once a checkpoint was made of the lease: how many seconds it then
 * had to live, and the log index of it. Before, it has all of them, and its epoch is its grant.
 */
final class LeaseDescriptor {
    static final byte LEASE = 1;
    static final byte ATTACHMENT = 2;
    static final int PREFIX_LENGTH = 9;
    static final int VALUE_LENGTH_MIN = 16;
    static final int VALUE_LENGTH_MAX = 32;

    private static final int TTL_AT = 0;
    private static final int GRANTED_INDEX_AT = 8;
    private static final int REMAINING_AT = 16;
    private static final int EPOCH_AT = 24;

    private LeaseDescriptor() {}

    static void encodePrefix(MutableDirectBuffer buffer, byte kind, long leaseId) {
        buffer.putByte(0, kind);
        buffer.putLong(1, leaseId, BIG_ENDIAN);
    }

    static long leaseId(DirectBuffer key, int offset) {
        return key.getLong(offset + 1, BIG_ENDIAN);
    }

    /** Returns the length of the value. */
    static int encodeValue(MutableDirectBuffer buffer, LeaseRecord lease) {
        buffer.putLong(TTL_AT, lease.ttl, LITTLE_ENDIAN);
        buffer.putLong(GRANTED_INDEX_AT, lease.grantedIndex, LITTLE_ENDIAN);
        if (lease.epoch == lease.grantedIndex) {
            return VALUE_LENGTH_MIN;
        }
        buffer.putLong(REMAINING_AT, lease.remaining, LITTLE_ENDIAN);
        buffer.putLong(EPOCH_AT, lease.epoch, LITTLE_ENDIAN);
        return VALUE_LENGTH_MAX;
    }

    static void decodeValue(long leaseId, Slice value, LeaseRecord into) {
        DirectBuffer buffer = value.buffer();
        int offset = value.offset();
        boolean isCheckpointed = value.length() >= VALUE_LENGTH_MAX;
        into.leaseId = leaseId;
        into.ttl = buffer.getLong(offset + TTL_AT, LITTLE_ENDIAN);
        into.grantedIndex = buffer.getLong(offset + GRANTED_INDEX_AT, LITTLE_ENDIAN);
        into.remaining = isCheckpointed ? buffer.getLong(offset + REMAINING_AT, LITTLE_ENDIAN) : into.ttl;
        into.epoch = isCheckpointed ? buffer.getLong(offset + EPOCH_AT, LITTLE_ENDIAN) : into.grantedIndex;
    }
}
