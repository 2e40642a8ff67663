package io.stele.server.machine;

import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;

/** Some keys, copied out of the page store, because changing the store invalidates what points into it. */
final class KeyBatch {
    private static final int KEYS_MAX = 256;
    private static final int BYTES_MAX = 256 * 1024;

    private final ExpandableDirectByteBuffer buffer = new ExpandableDirectByteBuffer(16 * 1024);
    private final int[] ends = new int[KEYS_MAX];
    private int count;

    void clear() {
        count = 0;
    }

    boolean isFull() {
        return count == KEYS_MAX || (count > 0 && ends[count - 1] >= BYTES_MAX);
    }

    void add(DirectBuffer key, int offset, int length) {
        int at = offset(count);
        buffer.putBytes(at, key, offset, length);
        ends[count++] = at + length;
    }

    int count() {
        return count;
    }

    DirectBuffer buffer() {
        return buffer;
    }

    int offset(int i) {
        return i == 0 ? 0 : ends[i - 1];
    }

    int length(int i) {
        return ends[i] - offset(i);
    }
}
