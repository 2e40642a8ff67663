package io.stele.perf.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Keys {@code <prefix><zero-padded number>}, all of one length, and the bytes of their values.
 *
 * <p>Values are windows into one block of random bytes, so that no store can compress or deduplicate them and no
 * operation copies or fills anything.
 */
public final class KeySpace {
    private static final int BLOCK_LENGTH = 1 << 20;

    private final byte[] prefix;
    private final byte[] end;
    private final int keyLength;
    private final long keyCount;
    private final int valueLength;
    private final byte[] values;

    // Key n is number n / part * whole + first + n % part: all keys where whole and part are 1.
    private final long whole;
    private final long first;
    private final long part;

    public KeySpace(String prefix, int keyLength, long keyCount, int valueLength, long seed) {
        int needed = lengthNeeded(prefix, keyCount);
        if (keyLength < needed) {
            throw new IllegalArgumentException("keys of " + keyLength + " bytes cannot hold " + needed);
        }
        this.prefix = prefix.getBytes(StandardCharsets.UTF_8);
        this.end = this.prefix.clone();
        this.end[end.length - 1]++; // a prefix is ASCII: its last byte never wraps
        this.keyLength = keyLength;
        this.keyCount = keyCount;
        this.valueLength = valueLength;
        this.values = new byte[BLOCK_LENGTH + valueLength];
        new SplittableRandom(seed).nextBytes(values);
        this.whole = 1;
        this.first = 0;
        this.part = 1;
    }

    private KeySpace(KeySpace all, long whole, long first, long part) {
        if (all.whole != 1 || all.keyCount % whole != 0) {
            throw new IllegalArgumentException(all.keyCount + " keys do not divide by " + whole);
        }
        this.prefix = all.prefix;
        this.end = all.end;
        this.keyLength = all.keyLength;
        this.keyCount = all.keyCount / whole * part;
        this.valueLength = all.valueLength;
        this.values = all.values;
        this.whole = whole;
        this.first = first;
        this.part = part;
    }

    /** One key of every {@code n}, the first. Its range is still that of all keys. */
    public KeySpace oneOf(int n) {
        return new KeySpace(this, n, 0, 1);
    }

    /** The keys that {@link #oneOf} leaves out. */
    public KeySpace allButOneOf(int n) {
        return new KeySpace(this, n, 1, n - 1);
    }

    /** The shortest key that holds the prefix and every number. */
    public static int lengthNeeded(String prefix, long keyCount) {
        return prefix.length() + Long.toString(Math.max(0, keyCount - 1)).length();
    }

    public byte[] newKey() {
        return Arrays.copyOf(prefix, keyLength);
    }

    /** Writes the number of a key over the one that {@code key} holds. */
    public void number(byte[] key, long number) {
        assert number >= 0 && number < keyCount : number;
        long rest = number / part * whole + first + number % part;
        for (int i = keyLength - 1; i >= prefix.length; i--) {
            key[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    public int keyLength() {
        return keyLength;
    }

    public long keyCount() {
        return keyCount;
    }

    public byte[] from() {
        return prefix;
    }

    public byte[] to() {
        return end;
    }

    public byte[] values() {
        return values;
    }

    public int valueLength() {
        return valueLength;
    }

    /** Where in {@link #values()} a value starts, from any random number. */
    public int valueOffset(long random) {
        return (int) (random & (BLOCK_LENGTH - 1));
    }
}
