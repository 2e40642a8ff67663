package io.stele.perf.kubernetes;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * Keys and values of objects; a value says of which object and generation it is, and can be checked byte for byte.
 *
 * <pre>
 *   | object (4) | generation (4) | sent, ns (8) | bytes that follow from object and generation |
 * </pre>
 */
final class ObjectBytes {
    /** What {@link #generation} makes of a value that is not one of these. */
    static final int WRONG = Integer.MIN_VALUE;

    static final int HEAD_LENGTH = 16;
    private static final int SHIFTS = 4096;
    private static final int NUMBER_DIGITS = 8;

    private final String prefix;
    private final int length;
    private final byte[] noise;

    ObjectBytes(String prefix, int length) {
        this.prefix = prefix;
        this.length = length;
        noise = new byte[length + SHIFTS];
        new Random(1).nextBytes(noise);
    }

    ByteString directory(Resource resource) {
        return ByteString.copyFromUtf8(prefix + resource.directory());
    }

    /** The first key behind all that begin so. */
    static ByteString end(ByteString directory) {
        byte[] bytes = directory.toByteArray();
        bytes[bytes.length - 1]++;
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    ByteString key(int object) {
        String number = String.valueOf(100_000_000 + object).substring(1);
        return ByteString.copyFromUtf8(prefix + Resource.of(object).directory() + "default/object-" + number);
    }

    /** The number that a key ends with; -1 when it is none of these. */
    int object(ByteString key) {
        if (key.size() <= NUMBER_DIGITS) {
            return -1;
        }
        String digits = key.substring(key.size() - NUMBER_DIGITS).toString(StandardCharsets.US_ASCII);
        int object = digits.chars().allMatch(Character::isDigit) ? Integer.parseInt(digits) : -1;
        return object >= 0 && key.equals(key(object)) ? object : -1;
    }

    ByteString value(int object, int generation, long sentNs) {
        byte[] value = new byte[length];
        ByteBuffer.wrap(value).putInt(object).putInt(generation).putLong(sentNs);
        System.arraycopy(noise, shift(object, generation), value, HEAD_LENGTH, length - HEAD_LENGTH);
        return UnsafeByteOperations.unsafeWrap(value);
    }

    private static int shift(int object, int generation) {
        return (31 * object + 7 * generation) % SHIFTS;
    }

    /** The generation of a value of this object, or {@link #WRONG}. */
    int generation(int object, ByteString value) {
        if (value.size() != length) {
            return WRONG;
        }
        ByteBuffer bytes = value.asReadOnlyByteBuffer();
        int generation = bytes.getInt(Integer.BYTES);
        if (bytes.getInt(0) != object || generation < 0) {
            return WRONG;
        }
        bytes.position(HEAD_LENGTH);
        ByteBuffer expected = ByteBuffer.wrap(noise, shift(object, generation), length - HEAD_LENGTH);
        return bytes.equals(expected) ? generation : WRONG;
    }

    static long sentNs(ByteString value) {
        return value.asReadOnlyByteBuffer().getLong(Long.BYTES);
    }
}
