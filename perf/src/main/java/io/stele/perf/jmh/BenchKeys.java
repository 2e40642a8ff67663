package io.stele.perf.jmh;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Keys of 32 bytes with their number at the end, and a cheap source of random numbers. Allocates nothing. */
final class BenchKeys {
    static final int KEY_LENGTH = 32;
    private static final int PREFIX_LENGTH = 20;

    private final MutableDirectBuffer key = new UnsafeBuffer(new byte[KEY_LENGTH]);
    private long random = 0x9E3779B97F4A7C15L;

    BenchKeys() {
        key.putStringWithoutLengthAscii(0, "registry/pods/zone-1/");
    }

    /** The key with this number, in a buffer that is used again. */
    MutableDirectBuffer key(long number) {
        long rest = number;
        for (int i = KEY_LENGTH - 1; i > PREFIX_LENGTH; i--) {
            key.putByte(i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
        return key;
    }

    /** Xorshift. */
    long nextNumber(long count) {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return Long.remainderUnsigned(random, count);
    }
}
