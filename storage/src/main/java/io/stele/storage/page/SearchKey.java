package io.stele.storage.page;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The key of the operation under way, copied so that every compare works on one buffer class, and followed by zeros
 * so that eight bytes can be read at any place within it.
 */
final class SearchKey {
    private static final int PADDING_BYTES = 8;

    private UnsafeBuffer bytes = new UnsafeBuffer(new byte[1024]);
    private int length;

    UnsafeBuffer bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void set(DirectBuffer buffer, int offset, int keyLength) {
        if (bytes.capacity() < keyLength + PADDING_BYTES) {
            bytes = new UnsafeBuffer(new byte[PageStoreContext.KEY_LENGTH_MAX + PADDING_BYTES]);
        }
        buffer.getBytes(offset, bytes, 0, keyLength);
        bytes.putLong(keyLength, 0L);
        length = keyLength;
    }

    /** Four bytes from {@code position} on, zero padded, in an order that a signed compare understands. */
    int head(int position) {
        return bytes.getInt(position, ByteOrder.BIG_ENDIAN) ^ Integer.MIN_VALUE;
    }

    /** Compares this key's first {@code prefixLength} bytes with those of another key known to be that long. */
    int comparePrefix(UnsafeBuffer other, int otherOffset, int prefixLength) {
        int common = Math.min(length, prefixLength);
        int order = compare(bytes, 0, common, other, otherOffset, common, 0);
        return order != 0 ? order : Integer.compare(common, prefixLength);
    }

    /** Compares with another key; both are known to agree in the first {@code from} bytes. */
    int compareTo(UnsafeBuffer other, int otherOffset, int otherLength, int from) {
        return compare(bytes, 0, length, other, otherOffset, otherLength, from);
    }

    /** Lexicographic order of unsigned bytes, eight at a time; a prefix comes first. */
    static int compare(UnsafeBuffer a, int aOffset, int aLength, UnsafeBuffer b, int bOffset, int bLength, int from) {
        int common = Math.min(aLength, bLength);
        int i = from;
        for (; i + Long.BYTES <= common; i += Long.BYTES) {
            long left = a.getLong(aOffset + i, ByteOrder.BIG_ENDIAN);
            long right = b.getLong(bOffset + i, ByteOrder.BIG_ENDIAN);
            if (left != right) {
                return Long.compareUnsigned(left, right);
            }
        }
        for (; i < common; i++) {
            int left = a.getByte(aOffset + i) & 0xFF;
            int right = b.getByte(bOffset + i) & 0xFF;
            if (left != right) {
                return left - right;
            }
        }
        return aLength - bLength;
    }

    /** How many leading bytes two keys share. */
    static int commonPrefix(UnsafeBuffer a, int aOffset, int aLength, UnsafeBuffer b, int bOffset, int bLength) {
        int common = Math.min(aLength, bLength);
        int i = 0;
        for (; i + Long.BYTES <= common; i += Long.BYTES) {
            long difference =
                    a.getLong(aOffset + i, ByteOrder.BIG_ENDIAN) ^ b.getLong(bOffset + i, ByteOrder.BIG_ENDIAN);
            if (difference != 0) {
                return i + Long.numberOfLeadingZeros(difference) / Byte.SIZE;
            }
        }
        while (i < common && a.getByte(aOffset + i) == b.getByte(bOffset + i)) {
            i++;
        }
        return i;
    }
}
