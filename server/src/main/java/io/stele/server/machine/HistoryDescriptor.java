package io.stele.server.machine;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Entry of the history tree: a version that is not a live key's newest one. A key's versions follow each other, newest
 * first, so that the version at a revision is the first entry from there on.
 *
 * <pre>
 *   key:   | user key, 0x00 written as 0x00 0xFF | 0x00 0x01 | ~main, 8 big endian | ~sub, 4 big endian |
 *   value: | 1 byte: 0 a put, 1 a tombstone |
 * </pre>
 *
 * <p>The escape keeps the order of the user's keys, and no key's prefix (all before ~main) is another one's.
 */
final class HistoryDescriptor {
    static final int SUFFIX_LENGTH = 12;
    static final int TERMINATOR_LENGTH = 2;
    static final byte PUT = 0;
    static final byte TOMBSTONE = 1;

    /** The largest user key, if it contains no zero byte; one byte less for each one it contains. */
    static final int KEY_LENGTH_MAX = 32_000;

    private static final byte ESCAPED_ZERO = (byte) 0xFF;
    private static final byte END = 0x01;

    private HistoryDescriptor() {}

    /** The largest user key where the longest key of a tree is as long as this: less with very small blocks. */
    static int keyLengthMax(int treeKeyLengthMax) {
        return Math.min(KEY_LENGTH_MAX, treeKeyLengthMax - TERMINATOR_LENGTH - SUFFIX_LENGTH);
    }

    /** Whether a key fits every tree. */
    static boolean fits(DirectBuffer key, int offset, int length, int keyLengthMax) {
        if (length <= keyLengthMax / 2) {
            return true;
        }
        int escapedLength = length;
        for (int i = offset; i < offset + length && escapedLength <= keyLengthMax; i++) {
            if (key.getByte(i) == 0) {
                escapedLength++;
            }
        }
        return escapedLength <= keyLengthMax;
    }

    /** Writes escaped key and terminator at 0; returns their length. */
    static int encodePrefix(MutableDirectBuffer into, DirectBuffer key, int offset, int length) {
        int at = 0;
        for (int i = offset; i < offset + length; i++) {
            byte value = key.getByte(i);
            into.putByte(at++, value);
            if (value == 0) {
                into.putByte(at++, ESCAPED_ZERO);
            }
        }
        into.putByte(at, (byte) 0);
        into.putByte(at + 1, END);
        return at + TERMINATOR_LENGTH;
    }

    /** Writes the version behind a prefix; returns the length of the whole. */
    static int encodeVersion(MutableDirectBuffer into, int prefixLength, long main, int sub) {
        into.putLong(prefixLength, ~main, BIG_ENDIAN);
        into.putInt(prefixLength + Long.BYTES, ~sub, BIG_ENDIAN);
        return prefixLength + SUFFIX_LENGTH;
    }

    /** Writes the user's key at 0; returns its length. */
    static int decodeKey(DirectBuffer entryKey, int offset, int length, MutableDirectBuffer into) {
        int end = offset + length - SUFFIX_LENGTH - TERMINATOR_LENGTH;
        if (end < offset || entryKey.getByte(end) != 0 || entryKey.getByte(end + 1) != END) {
            throw new IllegalStateException("history entry without an end of key");
        }
        int at = 0;
        for (int i = offset; i < end; i++) {
            byte value = entryKey.getByte(i);
            into.putByte(at++, value);
            if (value == 0) {
                i++;
            }
        }
        return at;
    }

    static long main(DirectBuffer entryKey, int offset, int length) {
        return ~entryKey.getLong(offset + length - SUFFIX_LENGTH, BIG_ENDIAN);
    }

    static int sub(DirectBuffer entryKey, int offset, int length) {
        return ~entryKey.getInt(offset + length - SUFFIX_LENGTH + Long.BYTES, BIG_ENDIAN);
    }
}
