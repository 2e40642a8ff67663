package io.stele.storage.page;

import java.util.Arrays;

/**
 * Which parts of the file hold pages born since the last checkpoint began: nothing else in it changes. A checkpoint
 * writes them one by one, so that the log's forces, which share the disk, wait for one slice and not for all.
 */
final class DirtySlices {
    private static final int SLICE_BYTES = 1 << 20;

    private final int shift;
    private long[] bits = new long[4];

    DirtySlices(int blockBytes, int stepBytes) {
        shift = Integer.numberOfTrailingZeros(Math.min(SLICE_BYTES, stepBytes) / blockBytes);
    }

    int sliceBlocks() {
        return 1 << shift;
    }

    void add(int block, int count) {
        for (int slice = block >> shift, last = (block + count - 1) >> shift; slice <= last; slice++) {
            int word = slice >> 6;
            if (word >= bits.length) {
                bits = Arrays.copyOf(bits, Math.max(word + 1, bits.length * 2));
            }
            bits[word] |= 1L << slice;
        }
    }

    /** First block of the first slice at or after a block, or -1. */
    int next(int block) {
        int slice = block >> shift;
        for (int word = slice >> 6; word < bits.length; word++) {
            long rest = word == slice >> 6 ? bits[word] & (-1L << slice) : bits[word];
            if (rest != 0) {
                return ((word << 6) + Long.numberOfTrailingZeros(rest)) << shift;
            }
        }
        return -1;
    }
}
