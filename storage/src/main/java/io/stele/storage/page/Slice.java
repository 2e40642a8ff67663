package io.stele.storage.page;

import org.agrona.DirectBuffer;

/** A window onto bytes of the page store, not a copy: valid until the next mutation of the store. */
public final class Slice {
    private DirectBuffer buffer;
    private int offset;
    private int length;

    public DirectBuffer buffer() {
        return buffer;
    }

    public int offset() {
        return offset;
    }

    public int length() {
        return length;
    }

    /** Points this slice at other bytes. */
    public Slice wrap(DirectBuffer newBuffer, int newOffset, int newLength) {
        buffer = newBuffer;
        offset = newOffset;
        length = newLength;
        return this;
    }

    public byte[] toByteArray() {
        byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return bytes;
    }
}
