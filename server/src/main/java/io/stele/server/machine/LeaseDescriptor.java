package io.stele.server.machine;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Entries of the tree of leases.
 *
 * <pre>
 *   a lease        key: | 1 | id, 8 big endian |              value: | ttl 8 | grantedIndex 8 |  little endian
 *   an attachment  key: | 2 | id, 8 big endian | user key |   value: empty
 * </pre>
 */
final class LeaseDescriptor {
    static final byte LEASE = 1;
    static final byte ATTACHMENT = 2;
    static final int PREFIX_LENGTH = 9;
    static final int VALUE_LENGTH = 16;

    private LeaseDescriptor() {}

    static void encodePrefix(MutableDirectBuffer buffer, byte kind, long leaseId) {
        buffer.putByte(0, kind);
        buffer.putLong(1, leaseId, BIG_ENDIAN);
    }

    static long leaseId(DirectBuffer key, int offset) {
        return key.getLong(offset + 1, BIG_ENDIAN);
    }

    static void encodeValue(MutableDirectBuffer buffer, long ttl, long grantedIndex) {
        buffer.putLong(0, ttl, LITTLE_ENDIAN);
        buffer.putLong(Long.BYTES, grantedIndex, LITTLE_ENDIAN);
    }

    static long ttl(DirectBuffer value, int offset) {
        return value.getLong(offset, LITTLE_ENDIAN);
    }

    static long grantedIndex(DirectBuffer value, int offset) {
        return value.getLong(offset + Long.BYTES, LITTLE_ENDIAN);
    }
}
