package io.stele.perf.watch;

import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a put's value says of the put, so that whoever sees the event knows all about it.
 *
 * <pre>
 *   0               8               16              24
 *   +---------------+---------------+---------------+-----------------
 *   | sentNs        | number of put | number of key | random bytes
 *   +---------------+---------------+---------------+-----------------
 * </pre>
 */
final class Payload {
    static final int LENGTH_MIN = 24;

    private Payload() {}

    static byte[] of(int length, long sentNs, long put, long key) {
        byte[] value = new byte[length];
        ThreadLocalRandom.current().nextBytes(value);
        ByteBuffer.wrap(value).putLong(sentNs).putLong(put).putLong(key);
        return value;
    }
}
