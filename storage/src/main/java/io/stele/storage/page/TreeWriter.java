package io.stele.storage.page;

import static io.stele.storage.page.PageDescriptor.BRANCH_SLOT_BYTES;
import static io.stele.storage.page.PageDescriptor.ENTRY_KEY;
import static io.stele.storage.page.PageDescriptor.LEAF_SLOT_BYTES;
import static io.stele.storage.page.PageDescriptor.PAGE_BLOCK;
import static io.stele.storage.page.PageDescriptor.PAGE_CRC;
import static io.stele.storage.page.PageDescriptor.PAGE_EPOCH;
import static io.stele.storage.page.PageDescriptor.PAGE_HEADER_BYTES;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Makes pages writable, inserts, splits. Works on the path that the tree has descended.
 *
 * <p>A page is of the tree's page length unless an entry needs more than its share of it, half of a leaf or an eighth
 * of a branch: then it is as long as the entry asks for. So a split always finds parts that fit, and those of a branch
 * have several children each whatever their keys: the tree's height is logarithmic.
 */
final class TreeWriter {
    /** Entries of any length that a branch has room for. */
    static final int BRANCH_ENTRIES_MIN = 8;

    /** After so many ascending insertions a page is split where the run stands, leaving full pages behind. */
    private static final int RUN_MIN = 6;

    private static final int LEAF_ENTRIES_MIN = 2;

    private final PageStore store;
    private final Pages pages;
    private final TreeRoot root;
    private final TreePath path;
    private final int pageBytes;
    private int longestBytes;
    private UnsafeBuffer valueBuffer;
    private int valueOffset;

    TreeWriter(PageStore store, TreeRoot root, TreePath path, int pageBytes) {
        this.store = store;
        this.pages = store.pages();
        this.root = root;
        this.path = path;
        this.pageBytes = pageBytes;
        this.longestBytes = pageBytes;
    }

    /** Bytes of an entry with its slot. A branch's slot is longer, its entries have no value. */
    static int entryBytes(int keyLength, int valueLength) {
        return ENTRY_KEY + keyLength + valueLength + LEAF_SLOT_BYTES;
    }

    /** Longest entry, slot included, that a page of so many bytes may hold. */
    static int entryBytesMax(int level, int pageBytes) {
        return (pageBytes - PAGE_HEADER_BYTES) / entriesMin(level);
    }

    /** Longest key that branches of at most so many bytes may hold. */
    static int keyLengthMax(int branchBytes) {
        return entryBytesMax(1, branchBytes) - ENTRY_KEY - BRANCH_SLOT_BYTES;
    }

    /** Length of a page of that level that may hold an entry of so many bytes. */
    static int bytesFor(int level, int entryBytes, int pageBytes) {
        int least = entriesMin(level) * entryBytes + PAGE_HEADER_BYTES;
        return (least + pageBytes - 1) / pageBytes * pageBytes;
    }

    private static int entriesMin(int level) {
        return level == 0 ? LEAF_ENTRIES_MIN : BRANCH_ENTRIES_MIN;
    }

    int pageBytes() {
        return pageBytes;
    }

    /** The longest page that has been written to since the store was opened. */
    int longestBytes() {
        return longestBytes;
    }

    void createRoot() {
        if (root.height == 0) {
            root.page(newPage(0, pageBytes));
            root.height = 1;
        }
    }

    void makePathWritable() {
        store.noteMutation();
        for (int depth = 0, height = path.height(); depth < height; depth++) {
            makeWritable(depth);
            longestBytes = Math.max(longestBytes, bytesOf(depth));
        }
    }

    /** Copies the page at {@code depth} unless it was born in this epoch; its parent must be writable. */
    void makeWritable(int depth) {
        if (Page.epoch(path.buffers[depth], path.offsets[depth]) != store.epoch()) {
            replace(depth, copyOf(path.blocks[depth]));
        }
    }

    /** A copy of a page, of the current epoch, in a place of its own. The page itself is freed. */
    int copyOf(int block) {
        UnsafeBuffer b = pages.buffer(block);
        int p = pages.offset(block);
        int blockCount = Page.blockCount(b, p);
        int copy = store.allocate(blockCount);
        UnsafeBuffer target = pages.buffer(copy);
        int t = pages.offset(copy);
        target.putBytes(t, b, p, blockCount * pages.blockBytes());
        target.putInt(t + PAGE_CRC, 0);
        target.putInt(t + PAGE_BLOCK, copy);
        target.putLong(t + PAGE_EPOCH, store.epoch());
        store.free(block, blockCount, Page.epoch(b, p));
        return copy;
    }

    void free(int block) {
        UnsafeBuffer b = pages.buffer(block);
        int p = pages.offset(block);
        store.free(block, Page.blockCount(b, p), Page.epoch(b, p));
    }

    /** Points the parent of the page at {@code depth}, or the root, to another page. */
    void replace(int depth, int block) {
        if (depth == 0) {
            root.page(block);
        } else {
            Page.child(path.buffers[depth - 1], path.offsets[depth - 1], path.indexes[depth - 1], block);
        }
        path.set(depth, block);
    }

    void addWeight(long change) {
        root.weight += change;
        for (int depth = 0; depth < path.leaf(); depth++) {
            UnsafeBuffer b = path.buffers[depth];
            int p = path.offsets[depth];
            int index = path.indexes[depth];
            Page.weight(b, p, index, Page.weight(b, p, index) + change);
        }
    }

    /** Fails now, if at all, for want of space: afterwards one entry can be inserted whatever splits it causes. */
    void reserveRoom(int keyLength, int valueLength) {
        int entryBytes = entryBytes(keyLength, valueLength);
        int leaf = path.leaf();
        UnsafeBuffer b = path.buffers[leaf];
        int p = path.offsets[leaf];
        if (Page.free(b, p, LEAF_SLOT_BYTES) >= entryBytes && entryBytes <= entryBytesMax(0, bytesOf(leaf))) {
            return;
        }
        // Each level may split and may need longer pages for a longer key, and a root may be added. The key that goes
        // up from a leaf may be any of the leaf's; one from a branch needs no longer a page than that branch is.
        int separator = keyLength;
        for (int i = 0, count = path.count(leaf); i < count; i++) {
            separator = Math.max(separator, Page.keyLength(b, Page.entry(b, p, LEAF_SLOT_BYTES, i)));
        }
        int longest = Math.max(
                bytesFor(0, entryBytes, pageBytes), bytesFor(1, ENTRY_KEY + separator + BRANCH_SLOT_BYTES, pageBytes));
        for (int depth = 0; depth <= leaf; depth++) {
            longest = Math.max(longest, bytesOf(depth));
        }
        store.reserve(2 * path.height() + 2, longest / pages.blockBytes());
    }

    /**
     * Inserts into the page at {@code depth}. In a leaf {@code word} holds the flags and the value is filled later; in
     * a branch it names the child.
     */
    void insert(
            int depth,
            int index,
            UnsafeBuffer key,
            int keyOffset,
            int keyLength,
            int valueLength,
            int word,
            long weight) {
        int level = path.level(depth);
        int stride = Page.stride(level);
        int need = ENTRY_KEY + keyLength + valueLength + stride;
        if (need > entryBytesMax(level, bytesOf(depth))) {
            lengthen(depth, bytesFor(level, need, pageBytes));
        }
        UnsafeBuffer b = path.buffers[depth];
        int p = path.offsets[depth];
        if (Page.gap(b, p, stride) < need) {
            if (Page.free(b, p, stride) < need) {
                split(depth, index, key, keyOffset, keyLength, valueLength, word, weight);
                return;
            }
            Page.compact(b, p, bytesOf(depth), store.scratch());
        }
        int room = Page.insert(b, p, index, key, keyOffset, keyLength, valueLength);
        fill(b, p, level, index, room, word, weight);
    }

    void fillValue(DirectBuffer value, int offset, int length) {
        valueBuffer.putBytes(valueOffset, value, offset, length);
    }

    int newPage(int level, int bytes) {
        longestBytes = Math.max(longestBytes, bytes);
        int blockCount = bytes / pages.blockBytes();
        int block = store.allocate(blockCount);
        Page.init(
                pages.buffer(block), pages.offset(block), root.treeId, level, store.epoch(), block, blockCount, bytes);
        return block;
    }

    int bytesOf(int depth) {
        return Page.blockCount(path.buffers[depth], path.offsets[depth]) * pages.blockBytes();
    }

    private void fill(UnsafeBuffer b, int p, int level, int index, int room, int word, long weight) {
        if (level == 0) {
            Page.flags(b, p, index, word);
            valueBuffer = b;
            valueOffset = room;
        } else {
            Page.child(b, p, index, word);
            Page.weight(b, p, index, weight);
        }
    }

    private void lengthen(int depth, int bytes) {
        int block = newPage(path.level(depth), bytes);
        UnsafeBuffer old = path.buffers[depth];
        int p = path.offsets[depth];
        Page.append(pages.buffer(block), pages.offset(block), old, p, 0, path.count(depth));
        Page.refit(pages.buffer(block), pages.offset(block));
        store.free(path.blocks[depth], Page.blockCount(old, p), Page.epoch(old, p));
        replace(depth, block);
    }

    private void split(
            int depth,
            int index,
            UnsafeBuffer key,
            int keyOffset,
            int keyLength,
            int valueLength,
            int word,
            long weight) {
        int level = path.level(depth);
        int stride = Page.stride(level);
        UnsafeBuffer b = path.buffers[depth];
        int p = path.offsets[depth];
        int need = ENTRY_KEY + keyLength + valueLength + stride;
        int left = leftCount(depth, index, need);
        boolean isLeft = left > index;
        int cut = isLeft ? left - 1 : left;

        int right = newPage(level, bytesOf(depth));
        UnsafeBuffer rb = pages.buffer(right);
        int rp = pages.offset(right);
        Page.append(rb, rp, b, p, cut, path.count(depth));
        Page.cut(b, p, cut);
        Page.refit(rb, rp);
        if (isLeft) {
            if (Page.gap(b, p, stride) < need) {
                Page.compact(b, p, bytesOf(depth), store.scratch());
            }
            fill(b, p, level, index, Page.insert(b, p, index, key, keyOffset, keyLength, valueLength), word, weight);
        } else {
            int at = index - cut;
            fill(rb, rp, level, at, Page.insert(rb, rp, at, key, keyOffset, keyLength, valueLength), word, weight);
            if (at == 0 && level > 0) {
                Page.refit(rb, rp); // what was slot 0 has a key that counts now
            }
        }
        link(depth, right);
    }

    /** Hangs the new right neighbour of the page at {@code depth} into the parent. */
    private void link(int depth, int right) {
        int level = path.level(depth);
        int stride = Page.stride(level);
        UnsafeBuffer b = path.buffers[depth];
        int p = path.offsets[depth];
        UnsafeBuffer rb = pages.buffer(right);
        int rp = pages.offset(right);
        int first = Page.entry(rb, rp, stride, 0);
        int keyLength = Page.keyLength(rb, first);
        if (level == 0) {
            // The shortest key that still tells the two leaves apart keeps branches small.
            int last = Page.entry(b, p, stride, Page.count(b, p) - 1);
            keyLength = 1
                    + SearchKey.commonPrefix(
                            rb, first + ENTRY_KEY, keyLength, b, last + ENTRY_KEY, Page.keyLength(b, last));
        }
        long weight = Page.weightOf(rb, rp, level, 0, Page.count(rb, rp));
        if (depth == 0) {
            int top = newPage(level + 1, pageBytes);
            UnsafeBuffer tb = pages.buffer(top);
            int tp = pages.offset(top);
            Page.insert(tb, tp, 0, rb, first, 0, 0);
            fill(tb, tp, level + 1, 0, 0, path.blocks[0], root.weight - weight);
            root.page(top);
            root.height++;
            path.begin(pages, root.treeId, root.block, root.crc, root.height);
            path.indexes[0] = 0;
            insert(0, 1, rb, first + ENTRY_KEY, keyLength, 0, right, weight);
        } else {
            UnsafeBuffer pb = path.buffers[depth - 1];
            int pp = path.offsets[depth - 1];
            int index = path.indexes[depth - 1];
            Page.weight(pb, pp, index, Page.weight(pb, pp, index) - weight);
            insert(depth - 1, index + 1, rb, first + ENTRY_KEY, keyLength, 0, right, weight);
        }
    }

    /** How many entries, the new one counted where it belongs, the left page keeps. */
    private int leftCount(int depth, int index, int need) {
        UnsafeBuffer b = path.buffers[depth];
        int p = path.offsets[depth];
        int count = path.count(depth);
        int run = Page.runLength(b, p, index);
        if (index == count && (run >= RUN_MIN || path.isRightEdge(depth))) {
            return count;
        }
        if (run >= RUN_MIN && index > count / 4) {
            return index;
        }
        int stride = Page.stride(path.level(depth));
        int total = need;
        for (int i = 0; i < count; i++) {
            total += Page.entryBytes(b, Page.entry(b, p, stride, i)) + stride;
        }
        int bytes = 0;
        for (int i = 0; i <= count; i++) {
            int old = i <= index ? i : i - 1;
            bytes += i == index ? need : Page.entryBytes(b, Page.entry(b, p, stride, old)) + stride;
            if (bytes >= total / 2) {
                // Where the entry in the middle is one too many on the left, there is room for it on the right.
                int left = bytes > bytesOf(depth) - PAGE_HEADER_BYTES ? i : i + 1;
                return Math.max(1, Math.min(left, count));
            }
        }
        throw new AssertionError("no place to split");
    }
}
