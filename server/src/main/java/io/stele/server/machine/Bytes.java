package io.stele.server.machine;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.stele.storage.page.Slice;
import org.agrona.DirectBuffer;

/** Comparisons of byte strings, unsigned, as keys are ordered. */
final class Bytes {
    private Bytes() {}

    static int compare(DirectBuffer a, int aOffset, int aLength, DirectBuffer b, int bOffset, int bLength) {
        int length = Math.min(aLength, bLength);
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            long left = a.getLong(aOffset + i, BIG_ENDIAN);
            long right = b.getLong(bOffset + i, BIG_ENDIAN);
            if (left != right) {
                return Long.compareUnsigned(left, right);
            }
        }
        for (; i < length; i++) {
            int difference = (a.getByte(aOffset + i) & 0xFF) - (b.getByte(bOffset + i) & 0xFF);
            if (difference != 0) {
                return difference;
            }
        }
        return aLength - bLength;
    }

    static boolean equal(DirectBuffer a, int aOffset, int aLength, DirectBuffer b, int bOffset, int bLength) {
        return aLength == bLength && compare(a, aOffset, aLength, b, bOffset, bLength) == 0;
    }

    static boolean startsWith(Slice slice, DirectBuffer prefix, int prefixLength) {
        return slice.length() >= prefixLength
                && compare(slice.buffer(), slice.offset(), prefixLength, prefix, 0, prefixLength) == 0;
    }
}
