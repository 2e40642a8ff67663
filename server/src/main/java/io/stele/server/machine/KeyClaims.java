package io.stele.server.machine;

import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * Keys that a list of operations puts and deletes, as slices of the request: for finding a key that would be changed
 * twice. Puts and deletions of single keys are hash sets; deleted ranges are kept disjoint and sorted.
 */
final class KeyClaims {
    private final KeySet puts = new KeySet();
    private final KeySet deletedKeys = new KeySet();
    private DirectBuffer request;

    /** Per range: offset and length of its start, offset and length of its end. */
    private int[] ranges = new int[16 * 4];

    private int rangeCount;

    KeyClaims clear(DirectBuffer newRequest) {
        request = newRequest;
        puts.clear(newRequest);
        deletedKeys.clear(newRequest);
        rangeCount = 0;
        return this;
    }

    boolean addPut(int offset, int length) {
        return puts.add(offset, length);
    }

    boolean isPut(int offset, int length) {
        return puts.contains(offset, length);
    }

    /**
     * As etcd takes it: an end is an end here, even the one zero byte that elsewhere means "no end", and a range that
     * ends before it starts claims nothing.
     */
    void addDeletion(int offset, int length, int endOffset, int endLength) {
        if (endLength == 0) {
            deletedKeys.add(offset, length);
        } else if (Bytes.compare(request, offset, length, request, endOffset, endLength) < 0) {
            addRange(offset, length, endOffset, endLength);
        }
    }

    boolean isDeleted(int offset, int length) {
        if (deletedKeys.contains(offset, length)) {
            return true;
        }
        int i = firstEndingAfter(offset, length, false);
        return i < rangeCount && compareStart(i, offset, length) <= 0;
    }

    void addDeletions(KeyClaims other) {
        for (int i = 0; i < other.deletedKeys.count(); i++) {
            deletedKeys.add(other.deletedKeys.offset(i), other.deletedKeys.length(i));
        }
        for (int i = 0; i < other.rangeCount; i++) {
            int at = i * 4;
            addRange(other.ranges[at], other.ranges[at + 1], other.ranges[at + 2], other.ranges[at + 3]);
        }
    }

    KeySet puts() {
        return puts;
    }

    private void addRange(int offset, int length, int endOffset, int endLength) {
        int from = firstEndingAfter(offset, length, true);
        int to = from;
        while (to < rangeCount && compareStart(to, endOffset, endLength) <= 0) {
            to++;
        }
        int startOffset = offset;
        int startLength = length;
        int lastOffset = endOffset;
        int lastLength = endLength;
        if (to > from) {
            if (compareStart(from, offset, length) < 0) {
                startOffset = ranges[from * 4];
                startLength = ranges[from * 4 + 1];
            }
            int last = (to - 1) * 4;
            if (Bytes.compare(request, ranges[last + 2], ranges[last + 3], request, endOffset, endLength) > 0) {
                lastOffset = ranges[last + 2];
                lastLength = ranges[last + 3];
            }
        }
        int newCount = rangeCount - (to - from) + 1;
        if (newCount * 4 > ranges.length) {
            ranges = Arrays.copyOf(ranges, ranges.length * 2);
        }
        System.arraycopy(ranges, to * 4, ranges, (from + 1) * 4, (rangeCount - to) * 4);
        ranges[from * 4] = startOffset;
        ranges[from * 4 + 1] = startLength;
        ranges[from * 4 + 2] = lastOffset;
        ranges[from * 4 + 3] = lastLength;
        rangeCount = newCount;
    }

    /** The first range whose end is beyond the key, or, if touching counts, at it. */
    private int firstEndingAfter(int offset, int length, boolean touching) {
        int low = 0;
        int high = rangeCount;
        while (low < high) {
            int middle = (low + high) >>> 1;
            int at = middle * 4;
            int order = Bytes.compare(request, ranges[at + 2], ranges[at + 3], request, offset, length);
            if (order > 0 || (touching && order == 0)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private int compareStart(int range, int offset, int length) {
        return Bytes.compare(request, ranges[range * 4], ranges[range * 4 + 1], request, offset, length);
    }

    /** A set of slices of the request, by content, in the order in which they came. */
    static final class KeySet {
        private DirectBuffer request;
        private int[] offsets = new int[16];
        private int[] lengths = new int[16];
        private int[] table = new int[64];
        private int count;

        void clear(DirectBuffer newRequest) {
            request = newRequest;
            if (count > 0) {
                Arrays.fill(table, 0);
                count = 0;
            }
        }

        int count() {
            return count;
        }

        int offset(int i) {
            return offsets[i];
        }

        int length(int i) {
            return lengths[i];
        }

        boolean contains(int offset, int length) {
            return count > 0 && table[slot(offset, length)] != 0;
        }

        boolean add(int offset, int length) {
            int slot = slot(offset, length);
            if (table[slot] != 0) {
                return false;
            }
            if (count == offsets.length) {
                grow();
                slot = slot(offset, length);
            }
            offsets[count] = offset;
            lengths[count] = length;
            table[slot] = ++count;
            return true;
        }

        private void grow() {
            offsets = Arrays.copyOf(offsets, count * 2);
            lengths = Arrays.copyOf(lengths, count * 2);
            table = new int[table.length * 2];
            for (int i = 0; i < count; i++) {
                table[slot(offsets[i], lengths[i])] = i + 1;
            }
        }

        private int slot(int offset, int length) {
            int mask = table.length - 1;
            int slot = (int) StateDigest.hash(0, request, offset, length) & mask;
            while (table[slot] != 0) {
                int i = table[slot] - 1;
                if (Bytes.equal(request, offsets[i], lengths[i], request, offset, length)) {
                    break;
                }
                slot = (slot + 1) & mask;
            }
            return slot;
        }
    }
}
