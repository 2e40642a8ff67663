package io.stele.storage.page;

import static io.stele.storage.page.PageDescriptor.BRANCH_SLOT_BYTES;
import static io.stele.storage.page.PageDescriptor.ENTRY_KEY;
import static io.stele.storage.page.PageDescriptor.PAGE_HEADER_BYTES;
import static io.stele.storage.page.PageDescriptor.SLOT_CHILD;

import org.agrona.concurrent.UnsafeBuffer;

/** Removes empty pages, merges thin ones with a neighbour, lowers the root. Works on the path of the tree. */
final class TreeShrinker {
    private final PageStore store;
    private final Pages pages;
    private final TreeRoot root;
    private final TreePath path;
    private final TreeWriter writer;

    TreeShrinker(PageStore store, TreeRoot root, TreePath path, TreeWriter writer) {
        this.store = store;
        this.pages = store.pages();
        this.root = root;
        this.path = path;
        this.writer = writer;
    }

    /** Puts right what a removal from the (writable) page at {@code depth} left behind; invalidates the path. */
    void shrink(int depth) {
        int d = depth;
        while (true) {
            UnsafeBuffer b = path.buffers[d];
            int p = path.offsets[d];
            int count = Page.count(b, p);
            if (d == 0) {
                lowerRoot();
                return;
            }
            if (count == 0) {
                writer.free(path.blocks[d]);
                Page.remove(path.buffers[d - 1], path.offsets[d - 1], path.indexes[d - 1]);
            } else if (!isThin(d) || !merge(d)) {
                return;
            }
            d--;
        }
    }

    private void lowerRoot() {
        while (root.height > 0) {
            UnsafeBuffer b = pages.buffer(root.block);
            int p = pages.offset(root.block);
            int count = Page.count(b, p);
            boolean isLeaf = root.height == 1;
            if (count > 1 || (count == 1 && isLeaf)) {
                return;
            }
            int old = root.block;
            root.block = isLeaf ? 0 : Page.child(b, p, 0);
            root.crc = isLeaf ? 0 : Page.childCrc(b, p, 0);
            if (count == 0) {
                assert isLeaf || root.entryCount == 0;
                root.page(0);
                root.height = 0;
            } else {
                root.height--;
                pages.check(root.block, root.crc, root.treeId, root.height - 1);
            }
            writer.free(old);
        }
    }

    private boolean isThin(int depth) {
        return used(path.blocks[depth], path.level(depth)) < writer.bytesOf(depth) / 4;
    }

    /** Merges the page with its right or left neighbour below the same parent, if they fit comfortably together. */
    private boolean merge(int depth) {
        int index = path.indexes[depth - 1];
        if (index + 1 < path.count(depth - 1) && mergeNeighbours(depth, index)) {
            return true;
        }
        return index > 0 && mergeNeighbours(depth, index - 1);
    }

    private boolean mergeNeighbours(int depth, int leftIndex) {
        UnsafeBuffer parent = path.buffers[depth - 1];
        int pp = path.offsets[depth - 1];
        int level = path.level(depth);
        int left = childAt(parent, pp, leftIndex, level);
        int right = childAt(parent, pp, leftIndex + 1, level);
        int separator = Page.entry(parent, pp, BRANCH_SLOT_BYTES, leftIndex + 1);
        int bytes = bytesForBoth(left, right, level, Page.keyLength(parent, separator));
        if (bytes == 0) {
            return false;
        }
        UnsafeBuffer b = pages.buffer(left);
        int p = pages.offset(left);
        int target = left;
        if (Page.epoch(b, p) != store.epoch() || bytes != pages.pageBytes(left)) {
            if (!store.canAllocate(bytes / pages.blockBytes())) {
                return false; // a full disk must not stop a removal
            }
            target = writer.newPage(level, bytes);
            Page.append(pages.buffer(target), pages.offset(target), b, p, 0, Page.count(b, p));
            writer.free(left);
            Page.child(parent, pp, leftIndex, target);
        }
        join(target, right, level, parent, separator);
        Page.weight(parent, pp, leftIndex, Page.weight(parent, pp, leftIndex) + Page.weight(parent, pp, leftIndex + 1));
        Page.remove(parent, pp, leftIndex + 1);
        writer.free(right);
        return true;
    }

    /** Length of a page that holds both comfortably: the shorter one's if that will do; 0 if neither will. */
    private int bytesForBoth(int left, int right, int level, int separatorLength) {
        int used = used(left, level) + used(right, level);
        int longest = Math.max(longestEntry(left, level), longestEntry(right, level));
        if (level > 0) {
            used += separatorLength;
            longest = Math.max(longest, BRANCH_SLOT_BYTES + ENTRY_KEY + separatorLength);
        }
        int shorter = Math.min(pages.pageBytes(left), pages.pageBytes(right));
        int longer = Math.max(pages.pageBytes(left), pages.pageBytes(right));
        if (isComfortable(shorter, level, used, longest)) {
            return shorter;
        }
        return isComfortable(longer, level, used, longest) ? longer : 0;
    }

    /** Where more is used, the page would soon be split again. */
    private static boolean isComfortable(int bytes, int level, int used, int longestEntry) {
        return used <= (bytes - PAGE_HEADER_BYTES) * 4 / 5 && longestEntry <= TreeWriter.entryBytesMax(level, bytes);
    }

    private int used(int block, int level) {
        int free = Page.free(pages.buffer(block), pages.offset(block), Page.stride(level));
        return pages.pageBytes(block) - PAGE_HEADER_BYTES - free;
    }

    private int longestEntry(int block, int level) {
        UnsafeBuffer b = pages.buffer(block);
        int p = pages.offset(block);
        int stride = Page.stride(level);
        int longest = 0;
        for (int i = 0, count = Page.count(b, p); i < count; i++) {
            longest = Math.max(longest, Page.entryBytes(b, Page.entry(b, p, stride, i)) + stride);
        }
        return longest;
    }

    private void join(int left, int right, int level, UnsafeBuffer parent, int separator) {
        UnsafeBuffer b = pages.buffer(left);
        int p = pages.offset(left);
        UnsafeBuffer rb = pages.buffer(right);
        int rp = pages.offset(right);
        Page.compact(b, p, pages.pageBytes(left), store.scratch());
        int from = 0;
        if (level > 0) {
            // The first child's own key never counted: what parts the two pages is the parent's key.
            int index = Page.count(b, p);
            Page.insert(b, p, index, parent, separator + ENTRY_KEY, Page.keyLength(parent, separator), 0);
            b.putBytes(
                    Page.slot(p, BRANCH_SLOT_BYTES, index) + SLOT_CHILD,
                    rb,
                    Page.slot(rp, BRANCH_SLOT_BYTES, 0) + SLOT_CHILD,
                    BRANCH_SLOT_BYTES - SLOT_CHILD);
            from = 1;
        }
        Page.append(b, p, rb, rp, from, Page.count(rb, rp));
        Page.refit(b, p);
    }

    private int childAt(UnsafeBuffer parent, int pp, int index, int level) {
        int block = Page.child(parent, pp, index);
        pages.check(block, Page.childCrc(parent, pp, index), root.treeId, level);
        return block;
    }
}
