package io.stele.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** An immutable byte string: a key or a value. Ordered as the server orders keys: byte by byte, unsigned. */
public final class Bytes implements Comparable<Bytes> {
    public static final Bytes EMPTY = new Bytes(new byte[0]);
    /** As a range's end: no end. As a range's start: from the first key on. */
    static final Bytes ZERO = new Bytes(new byte[1]);

    private final byte[] bytes;

    private Bytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The text's UTF-8. */
    public static Bytes of(String text) {
        return new Bytes(text.getBytes(UTF_8));
    }

    /** A copy of the array. */
    public static Bytes of(byte[] bytes) {
        return new Bytes(bytes.clone());
    }

    /** Without a copy: nobody else may keep the array. */
    static Bytes wrap(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new Bytes(bytes);
    }

    public Bytes plus(Bytes other) {
        byte[] joined = Arrays.copyOf(bytes, bytes.length + other.bytes.length);
        System.arraycopy(other.bytes, 0, joined, bytes.length, other.bytes.length);
        return wrap(joined);
    }

    public Bytes plus(String text) {
        return plus(of(text));
    }

    public boolean startsWith(Bytes prefix) {
        return length() >= prefix.length()
                && Arrays.equals(bytes, 0, prefix.length(), prefix.bytes, 0, prefix.length());
    }

    /** Without its first bytes. */
    public Bytes from(int offset) {
        return wrap(Arrays.copyOfRange(bytes, offset, bytes.length));
    }

    public int length() {
        return bytes.length;
    }

    public boolean isEmpty() {
        return bytes.length == 0;
    }

    /** The eight bytes from there on as a number, highest first, without a copy. */
    public long int64(int offset) {
        long number = 0;
        for (int i = offset; i < offset + Long.BYTES; i++) {
            number = (number << Byte.SIZE) | (bytes[i] & 0xFF);
        }
        return number;
    }

    public byte[] toArray() {
        return bytes.clone();
    }

    /** The array itself, for reading. */
    byte[] array() {
        return bytes;
    }

    public String utf8() {
        return new String(bytes, UTF_8);
    }

    /**
     * The first key that does not start with this: the end of the range of all that do. One zero byte, which means no
     * end, when there is none.
     */
    public Bytes prefixEnd() {
        for (int i = bytes.length - 1; i >= 0; i--) {
            if (bytes[i] != (byte) 0xFF) {
                byte[] end = Arrays.copyOf(bytes, i + 1);
                end[i]++;
                return new Bytes(end);
            }
        }
        return ZERO;
    }

    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return utf8();
    }
}
