package io.stele.storage.page;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Blocks whose first page or run need not be checked again. Bits are set by any reading thread and never cleared, so a
 * bit that is lost when the node thread replaces the array by a longer one costs a second check only: the node thread's
 * own bits, of pages without a checksum yet, cannot be lost.
 */
final class VerifiedBlocks {
    private volatile AtomicLongArray bits = new AtomicLongArray(0);

    /** Node thread only. */
    void capacity(int blocks) {
        AtomicLongArray old = bits;
        int words = (blocks + 63) >>> 6;
        if (words > old.length()) {
            AtomicLongArray grown = new AtomicLongArray(Math.max(words, old.length() * 2));
            for (int i = 0; i < old.length(); i++) {
                grown.setPlain(i, old.getPlain(i));
            }
            bits = grown;
        }
    }

    boolean contains(int block) {
        AtomicLongArray array = bits;
        int word = block >>> 6;
        return word < array.length() && (array.getOpaque(word) & (1L << block)) != 0;
    }

    void add(int block, int count) {
        AtomicLongArray array = bits;
        for (int i = block; i < block + count; i++) {
            int word = i >>> 6;
            if (word < array.length()) {
                array.getAndAccumulate(word, 1L << i, (a, b) -> a | b);
            }
        }
    }
}
