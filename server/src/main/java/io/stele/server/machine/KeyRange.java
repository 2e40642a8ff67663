package io.stele.server.machine;

import org.agrona.DirectBuffer;

/**
 * Which keys a request means: one key where the end is empty, all from the key on where it is one zero byte, else those
 * from the key up to before the end, which are none if the end is not beyond the key. A view, not a copy.
 */
final class KeyRange {
    private DirectBuffer buffer;
    private int keyOffset;
    private int keyLength;
    private int endOffset;
    private int endLength;

    KeyRange wrap(DirectBuffer newBuffer, int newKeyOffset, int newKeyLength, int newEndOffset, int newEndLength) {
        buffer = newBuffer;
        keyOffset = newKeyOffset;
        keyLength = newKeyLength;
        endOffset = newEndOffset;
        endLength = newEndLength;
        return this;
    }

    boolean isSingleKey() {
        return endLength == 0;
    }

    boolean isUnbounded() {
        return endLength == 1 && buffer.getByte(endOffset) == 0;
    }

    /** Whether a key at or after the start lies before the end. */
    boolean isBeforeEnd(DirectBuffer key, int offset, int length) {
        if (isSingleKey()) {
            return Bytes.equal(key, offset, length, buffer, keyOffset, keyLength);
        }
        return isUnbounded() || Bytes.compare(key, offset, length, buffer, endOffset, endLength) < 0;
    }

    boolean contains(DirectBuffer key, int offset, int length) {
        return Bytes.compare(key, offset, length, buffer, keyOffset, keyLength) >= 0
                && isBeforeEnd(key, offset, length);
    }

    /** Whether it is a range, and one that has no keys in it. */
    boolean isEmptyRange() {
        return !isSingleKey()
                && !isUnbounded()
                && Bytes.compare(buffer, endOffset, endLength, buffer, keyOffset, keyLength) <= 0;
    }

    DirectBuffer buffer() {
        return buffer;
    }

    int keyOffset() {
        return keyOffset;
    }

    int keyLength() {
        return keyLength;
    }

    int endOffset() {
        return endOffset;
    }

    int endLength() {
        return endLength;
    }
}
