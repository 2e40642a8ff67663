package io.stele.storage.page;

import org.agrona.concurrent.UnsafeBuffer;

/** The pages from a root down to one leaf, with the slot taken in each. Depth 0 is the root. */
final class TreePath {
    final int[] blocks = new int[PageDescriptor.HEIGHT_MAX];
    final int[] offsets = new int[PageDescriptor.HEIGHT_MAX];
    final int[] indexes = new int[PageDescriptor.HEIGHT_MAX];
    final UnsafeBuffer[] buffers = new UnsafeBuffer[PageDescriptor.HEIGHT_MAX];

    private Pages pages;
    private int treeId;
    private int height;

    /** Starts at a root; {@code newHeight} 0 is an empty tree. */
    void begin(Pages newPages, int newTreeId, int rootBlock, int rootCrc, int newHeight) {
        pages = newPages;
        treeId = newTreeId;
        height = newHeight;
        if (height > 0) {
            enter(0, rootBlock, rootCrc);
        }
    }

    int height() {
        return height;
    }

    int leaf() {
        return height - 1;
    }

    int level(int depth) {
        return height - 1 - depth;
    }

    int count(int depth) {
        return Page.count(buffers[depth], offsets[depth]);
    }

    void set(int depth, int block) {
        blocks[depth] = block;
        buffers[depth] = pages.buffer(block);
        offsets[depth] = pages.offset(block);
    }

    /** Goes to the leaf that holds or would hold the key; true if the key is there, at the leaf's index. */
    boolean descend(SearchKey key) {
        int leaf = height - 1;
        if (leaf < 0) {
            return false;
        }
        for (int depth = 0; depth < leaf; depth++) {
            indexes[depth] = Page.searchChild(buffers[depth], offsets[depth], key);
            enterChild(depth);
        }
        int index = Page.search(buffers[leaf], offsets[leaf], PageDescriptor.LEAF_SLOT_BYTES, 0, key);
        indexes[leaf] = index >= 0 ? index : ~index;
        return index >= 0;
    }

    /**
     * {@link #descend} for a key that is likely to be there: true if it is and the path leads to it. False says
     * nothing. Takes each page's keys to begin as the key does, and looks whether that was right at the end only: a
     * key that has been found is in its place, whichever way led there.
     */
    boolean guess(SearchKey key) {
        int leaf = height - 1;
        for (int depth = 0; depth <= leaf; depth++) {
            UnsafeBuffer b = buffers[depth];
            int p = offsets[depth];
            int prefix = Page.prefixLength(b, p);
            if (prefix > key.length()) {
                return false;
            }
            int level = leaf - depth;
            int index = Page.searchSlots(b, p, Page.stride(level), Page.firstKeyed(level), key, prefix);
            if (level == 0) {
                indexes[leaf] = index;
                return index >= 0 && Page.isKey(b, p, PageDescriptor.LEAF_SLOT_BYTES, index, key);
            }
            indexes[depth] = index >= 0 ? index : ~index - 1;
            enterChild(depth);
        }
        return false;
    }

    /** Goes to the first entry below the page at {@code depth}. */
    void descendFirst(int depth) {
        for (int d = depth; d < height - 1; d++) {
            indexes[d] = 0;
            enterChild(d);
        }
        indexes[height - 1] = 0;
    }

    /** Goes to the last entry below the page at {@code depth}. */
    void descendLast(int depth) {
        for (int d = depth; d < height - 1; d++) {
            indexes[d] = count(d) - 1;
            enterChild(d);
        }
        indexes[height - 1] = count(height - 1) - 1;
    }

    /** From the end of a leaf to the next leaf's first entry; false if there is none. */
    boolean nextLeaf() {
        for (int depth = height - 2; depth >= 0; depth--) {
            if (indexes[depth] + 1 < count(depth)) {
                indexes[depth]++;
                enterChild(depth);
                descendFirst(depth + 1);
                return true;
            }
        }
        return false;
    }

    /** From the start of a leaf to the previous leaf's last entry; false if there is none. */
    boolean previousLeaf() {
        for (int depth = height - 2; depth >= 0; depth--) {
            if (indexes[depth] > 0) {
                indexes[depth]--;
                enterChild(depth);
                descendLast(depth + 1);
                return true;
            }
        }
        return false;
    }

    boolean isRightEdge(int depth) {
        for (int d = 0; d < depth; d++) {
            if (indexes[d] != count(d) - 1) {
                return false;
            }
        }
        return true;
    }

    /** Counted entries before the current place. */
    long rank() {
        long rank = 0;
        for (int d = 0; d < height; d++) {
            rank += Page.weightOf(buffers[d], offsets[d], level(d), 0, indexes[d]);
        }
        return rank;
    }

    void enterChild(int depth) {
        UnsafeBuffer b = buffers[depth];
        int p = offsets[depth];
        int index = indexes[depth];
        enter(depth + 1, Page.child(b, p, index), Page.childCrc(b, p, index));
    }

    private void enter(int depth, int block, int crc) {
        pages.check(block, crc, treeId, level(depth));
        set(depth, block);
    }
}
