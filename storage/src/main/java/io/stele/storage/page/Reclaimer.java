package io.stele.storage.page;

import static io.stele.storage.page.PageDescriptor.BRANCH_SLOT_BYTES;
import static io.stele.storage.page.PageDescriptor.ENTRY_KEY;
import static io.stele.storage.page.PageDescriptor.LEAF_SLOT_BYTES;
import static io.stele.storage.page.PageDescriptor.PAGE_HEADER_BYTES;
import static io.stele.storage.page.PageDescriptor.RUN_BLOCK;
import static io.stele.storage.page.PageDescriptor.RUN_CRC;
import static io.stele.storage.page.PageDescriptor.RUN_EPOCH;
import static io.stele.storage.page.PageDescriptor.RUN_LENGTH;
import static io.stele.storage.page.PageDescriptor.TREE_COUNT;

import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Gives space back in small steps between the node's other work. A pass goes through all trees in key order; groups of
 * neighbouring leaves that have become sparse are packed into fewer, and pages and runs that lie beyond where the file
 * could end are moved to free blocks before it. Checkpoints then free what was left behind and cut the file.
 *
 * <p>A pass starts when much has been removed since the last one, or when the file could lose enough. Each group is
 * finished within a step, so between steps the trees are as good as any.
 */
final class Reclaimer {
    private static final int GROUP_MAX = 16;
    /** A pass starts when a 16th of what is stored has been removed since the last. */
    private static final int REMOVED_SHARE = 16;
    /** Pages are moved only where the file can lose a 64th beyond its headroom: each pass looks at the whole store. */
    private static final int SLACK_SHARE = 64;
    /** While the store is written to, only where it can lose a quarter. */
    private static final int BUSY_SLACK_SHARE = 4;
    /** Leaves are packed only where that frees a third of them: trees that grow at random are never quite full. */
    private static final int PACKED_SHARE = 3;
    /** In a tree from which much was removed, already where it frees one of sixteen. */
    private static final int TIGHTLY_PACKED_SHARE = 16;

    private final PageStore store;
    private final Pages pages;
    private final BlockMap map;
    private final SearchKey sweepKey = new SearchKey();
    private final UnsafeBuffer nothing = new UnsafeBuffer(new byte[0]);
    private final int[] group = new int[GROUP_MAX];
    private final int[] cutPage = new int[GROUP_MAX];
    private final int[] cutIndex = new int[GROUP_MAX];
    private boolean sweeping;
    private boolean packing;
    private int treeId;
    private int boundary;
    private long changed;
    private long quietAtReleased;
    private long removedBytes;
    private final long[] removedIn = new long[TREE_COUNT];
    private final boolean[] packTightly = new boolean[TREE_COUNT];

    Reclaimer(PageStore store, long removedBytes) {
        this.store = store;
        this.pages = store.pages();
        this.map = store.map();
        this.removedBytes = removedBytes;
        this.quietAtReleased = -1;
    }

    void noteRemoved(int fromTree, int bytes) {
        removedBytes += bytes;
        removedIn[fromTree] += bytes;
    }

    /** Bytes removed that no pass has looked after: survives a restart. */
    long removedBytes() {
        return removedBytes;
    }

    /** Whether there is much to gain: something to pack, or a quarter of the file to cut off. */
    boolean isUrgent() {
        return (sweeping && packing) || isSparse() || isLongerThan(boundary(), BUSY_SLACK_SHARE);
    }

    private boolean isSparse() {
        return removedBytes * REMOVED_SHARE > liveBytes();
    }

    private boolean isLongerThan(int end, int slackShare) {
        return map.usedEnd() > end + map.liveCount() / slackShare;
    }

    private long liveBytes() {
        return (long) map.liveCount() * pages.blockBytes();
    }

    /** Works through about so many pages; the pages looked at, 0 when there is nothing to do now. */
    int step(int pageBudget, boolean busy) {
        int done = 0;
        while (done < pageBudget) {
            if (!sweeping && !begin(busy ? BUSY_SLACK_SHARE : SLACK_SHARE)) {
                break;
            }
            TreeRoot root = store.tree(treeId).root();
            if (root.height > 0) {
                int pagesSeen = group(store.tree(treeId), pageBudget - done);
                if (pagesSeen == 0) {
                    break; // no free block to work with: after the next checkpoint
                }
                done += pagesSeen;
            } else {
                nextTree();
            }
        }
        return done;
    }

    private boolean begin(int slackShare) {
        boundary = boundary();
        packing = isSparse();
        boolean isLong = isLongerThan(boundary, slackShare)
                && store.releasedBlocks() != quietAtReleased
                && map.find(1) >= 0
                && map.find(1) < boundary;
        if (!packing && !isLong) {
            return false;
        }
        sweeping = true;
        if (packing) {
            decideHowToPack(liveBytes());
        } // else what was removed adds up until it is worth a pass: this one only shortens the file
        changed = 0;
        treeId = 0;
        sweepKey.set(nothing, 0, 0);
        return true;
    }

    private void decideHowToPack(long liveBytes) {
        long unknown = removedBytes; // before a restart: may have been in any tree
        for (long bytes : removedIn) {
            unknown -= bytes;
        }
        for (int i = 0; i < TREE_COUNT; i++) {
            packTightly[i] = (removedIn[i] + unknown) * REMOVED_SHARE * 2 > liveBytes;
            removedIn[i] = 0;
        }
        removedBytes = 0;
    }

    /** First block beyond where the file should end: room for what is stored, and for what checkpoints hold back. */
    private int boundary() {
        int stepBlocks = store.stepBlocks();
        long needed = Math.max(map.liveCount(), store.usedAtCheckpoint()) + map.liveCount() / 64L;
        return (int) ((needed + stepBlocks - 1) / stepBlocks * stepBlocks);
    }

    private void nextTree() {
        sweepKey.set(nothing, 0, 0);
        if (++treeId == TREE_COUNT) {
            sweeping = false;
            Arrays.fill(packTightly, false);
            // A pass that could do nothing is not repeated before something else has been freed, unless that happened
            // while it was under way.
            quietAtReleased = changed == 0 && boundary == boundary() ? store.releasedBlocks() : -1;
        }
    }

    /** One group of neighbouring leaves; the pages looked at, or 0 if there is no room to work in. */
    private int group(BTree tree, int budget) {
        TreePath path = tree.path();
        TreeRoot root = tree.root();
        path.begin(pages, root.treeId, root.block, root.crc, root.height);
        path.descend(sweepKey);
        int pageBlocks = tree.writer().pageBytes() / pages.blockBytes();
        if (!store.canReserve(GROUP_MAX + 2 * path.height(), Math.max(pageBlocks, longest(path)))) {
            return 0;
        }
        int count = gather(path);
        boolean isLast = !advance(path, count);
        int seen = count + 1;
        if (count > 1 && pack(tree, count)) {
            changed += count;
            seen += count;
        } else {
            int moved = relocate(tree, count, budget);
            seen += moved;
            isLast &= moved < budget;
        }
        if (isLast) {
            nextTree();
        }
        return seen;
    }

    private int longest(TreePath path) {
        int longest = 0;
        for (int depth = 0; depth < path.height(); depth++) {
            longest = Math.max(longest, Page.blockCount(path.buffers[depth], path.offsets[depth]));
        }
        return longest;
    }

    /** Leaves from the path's on, below the same parent and as long as each other. */
    private int gather(TreePath path) {
        int leaf = path.leaf();
        group[0] = path.blocks[leaf];
        if (leaf == 0) {
            return 1;
        }
        UnsafeBuffer parent = path.buffers[leaf - 1];
        int pp = path.offsets[leaf - 1];
        int first = path.indexes[leaf - 1];
        int count = 1;
        while (count < GROUP_MAX && first + count < Page.count(parent, pp)) {
            int block = Page.child(parent, pp, first + count);
            pages.check(block, Page.childCrc(parent, pp, first + count), treeId, 0);
            if (pages.pageBytes(block) != pages.pageBytes(group[0])) {
                break;
            }
            group[count++] = block;
        }
        return count;
    }

    /** Moves the sweep behind the group; false if nothing follows. */
    private boolean advance(TreePath path, int count) {
        for (int depth = path.leaf() - 1; depth >= 0; depth--) {
            int next = path.indexes[depth] + (depth == path.leaf() - 1 ? count : 1);
            if (next < path.count(depth)) {
                UnsafeBuffer b = path.buffers[depth];
                int entry = Page.entry(b, path.offsets[depth], BRANCH_SLOT_BYTES, next);
                sweepKey.set(b, entry + ENTRY_KEY, Page.keyLength(b, entry));
                return true;
            }
        }
        return false;
    }

    /** Packs the group into fewer pages, if that many suffice. */
    private boolean pack(BTree tree, int count) {
        TreePath path = tree.path();
        int bytes = pages.pageBytes(group[0]);
        int depth = path.leaf() - 1;
        int share = packTightly[treeId] ? TIGHTLY_PACKED_SHARE : PACKED_SHARE;
        int pageCountMax = count - Math.max(1, count / share);
        if (pagesNeeded(count, bytes) > pageCountMax) {
            return false; // as most are: told without a look at their entries
        }
        int pageCount = plan(count, bytes);
        assert pageCount >= pagesNeeded(count, bytes) : "packed by more than there is";
        if (pageCount > pageCountMax || !separatorsFit(path, depth, count, pageCount)) {
            return false;
        }
        for (int d = 0; d <= depth; d++) {
            tree.writer().makeWritable(d);
        }
        store.noteMutation();
        UnsafeBuffer parent = path.buffers[depth];
        int pp = path.offsets[depth];
        int index = path.indexes[depth];
        for (int i = 1; i < count; i++) {
            Page.remove(parent, pp, index + 1);
        }
        for (int i = 0; i < pageCount; i++) {
            int block = build(tree, i, pageCount, count, bytes);
            UnsafeBuffer b = pages.buffer(block);
            int p = pages.offset(block);
            if (i > 0) {
                int entry = Page.entry(b, p, LEAF_SLOT_BYTES, 0);
                int keyLength = separatorLength(i);
                int need = BRANCH_SLOT_BYTES + ENTRY_KEY + keyLength;
                Page.makeGap(parent, pp, need, tree.writer().bytesOf(depth), store.scratch());
                Page.insert(parent, pp, index + i, b, entry + ENTRY_KEY, keyLength, 0);
            }
            Page.child(parent, pp, index + i, block);
            Page.weight(parent, pp, index + i, Page.weightOf(b, p, 0, 0, Page.count(b, p)));
        }
        for (int i = 0; i < count; i++) {
            tree.writer().free(group[i]);
        }
        tree.shrinker().shrink(depth);
        return true;
    }

    /** The group's entries take this many pages at least. */
    private int pagesNeeded(int count, int bytes) {
        int room = bytes - PAGE_HEADER_BYTES;
        long used = 0;
        for (int i = 0; i < count; i++) {
            used += room - Page.free(pages.buffer(group[i]), pages.offset(group[i]), LEAF_SLOT_BYTES);
        }
        return (int) ((used + room - 1) / room);
    }

    /** Where new pages would be cut when the group's entries are poured into them one by one; how many there are. */
    private int plan(int count, int bytes) {
        int room = bytes - PAGE_HEADER_BYTES;
        int pageCount = 1;
        int used = 0;
        cutPage[0] = 0;
        cutIndex[0] = 0;
        for (int i = 0; i < count; i++) {
            UnsafeBuffer b = pages.buffer(group[i]);
            int p = pages.offset(group[i]);
            for (int j = 0, entries = Page.count(b, p); j < entries; j++) {
                int need = Page.entryBytes(b, Page.entry(b, p, LEAF_SLOT_BYTES, j)) + LEAF_SLOT_BYTES;
                if (used + need > room) {
                    if (pageCount == GROUP_MAX) {
                        return GROUP_MAX;
                    }
                    cutPage[pageCount] = i;
                    cutIndex[pageCount] = j;
                    pageCount++;
                    used = 0;
                }
                used += need;
            }
        }
        return pageCount;
    }

    private boolean separatorsFit(TreePath path, int depth, int count, int pageCount) {
        UnsafeBuffer parent = path.buffers[depth];
        int pp = path.offsets[depth];
        int free = Page.free(parent, pp, BRANCH_SLOT_BYTES);
        for (int i = 1; i < count; i++) {
            int entry = Page.entry(parent, pp, BRANCH_SLOT_BYTES, path.indexes[depth] + i);
            free += BRANCH_SLOT_BYTES + Page.entryBytes(parent, entry);
        }
        int longestMax = TreeWriter.entryBytesMax(1, pages.pageBytes(path.blocks[depth]));
        for (int i = 1; i < pageCount; i++) {
            int need = BRANCH_SLOT_BYTES + ENTRY_KEY + separatorLength(i);
            if (need > longestMax) {
                return false;
            }
            free -= need;
        }
        return free >= 0;
    }

    /** Bytes of the key that the plan's page {@code i} starts with which tell it from the key before. */
    private int separatorLength(int i) {
        UnsafeBuffer b = pages.buffer(group[cutPage[i]]);
        int p = pages.offset(group[cutPage[i]]);
        int page = cutPage[i];
        int index = cutIndex[i] - 1;
        while (index < 0) {
            page--;
            index = Page.count(pages.buffer(group[page]), pages.offset(group[page])) - 1;
        }
        UnsafeBuffer a = pages.buffer(group[page]);
        int last = Page.entry(a, pages.offset(group[page]), LEAF_SLOT_BYTES, index);
        int first = Page.entry(b, p, LEAF_SLOT_BYTES, cutIndex[i]);
        return 1
                + SearchKey.commonPrefix(
                        a, last + ENTRY_KEY, Page.keyLength(a, last), b, first + ENTRY_KEY, Page.keyLength(b, first));
    }

    private int build(BTree tree, int i, int pageCount, int count, int bytes) {
        int block = tree.writer().newPage(0, bytes);
        UnsafeBuffer b = pages.buffer(block);
        int p = pages.offset(block);
        int lastPage = i + 1 < pageCount ? cutPage[i + 1] : count - 1;
        for (int page = cutPage[i]; page <= lastPage; page++) {
            UnsafeBuffer source = pages.buffer(group[page]);
            int sp = pages.offset(group[page]);
            int from = page == cutPage[i] ? cutIndex[i] : 0;
            int to = i + 1 < pageCount && page == lastPage ? cutIndex[i + 1] : Page.count(source, sp);
            Page.append(b, p, source, sp, from, to);
        }
        Page.refit(b, p);
        return block;
    }

    /**
     * Moves the group's pages and runs, and the pages above, from beyond the boundary; the pages moved. Where that is
     * more than the budget, the sweep is sent back to the leaf at which it was used up.
     */
    private int relocate(BTree tree, int count, int budget) {
        TreePath path = tree.path();
        int leaf = path.leaf();
        int moved = 0;
        int first = leaf == 0 ? 0 : path.indexes[leaf - 1];
        for (int i = 0; i < count && moved < budget; i++) {
            if (i > 0) {
                path.indexes[leaf - 1] = first + i;
                path.enterChild(leaf - 1);
            }
            for (int depth = 0; depth <= leaf; depth++) {
                if (mayMove(path.blocks[depth], Page.blockCount(path.buffers[depth], path.offsets[depth]))) {
                    move(tree, depth);
                    moved++;
                }
            }
            moved += relocateRuns(tree, budget - moved);
            if (moved >= budget && path.count(leaf) > 0) {
                int entry = Page.entry(path.buffers[leaf], path.offsets[leaf], LEAF_SLOT_BYTES, 0);
                sweepKey.set(path.buffers[leaf], entry + ENTRY_KEY, Page.keyLength(path.buffers[leaf], entry));
            }
        }
        changed += moved;
        return moved;
    }

    private boolean mayMove(int block, int blockCount) {
        if (block + blockCount <= boundary) {
            return false;
        }
        int to = map.find(blockCount);
        return to >= 0 && to + blockCount <= boundary;
    }

    private void move(BTree tree, int depth) {
        TreeWriter writer = tree.writer();
        int old = tree.path().blocks[depth];
        for (int d = 0; d <= depth; d++) {
            writer.makeWritable(d);
        }
        store.noteMutation();
        if (tree.path().blocks[depth] == old) {
            writer.replace(depth, writer.copyOf(old));
        }
    }

    private int relocateRuns(BTree tree, int budget) {
        TreePath path = tree.path();
        int leaf = path.leaf();
        int moved = 0;
        for (int i = 0; i < path.count(leaf) && moved < budget; i++) {
            if (!Page.isOverflow(path.buffers[leaf], path.offsets[leaf], i)) {
                continue;
            }
            int ref = Page.value(
                    path.buffers[leaf], Page.entry(path.buffers[leaf], path.offsets[leaf], LEAF_SLOT_BYTES, i));
            int block = path.buffers[leaf].getInt(ref + RUN_BLOCK);
            int length = path.buffers[leaf].getInt(ref + RUN_LENGTH);
            int blockCount = store.blocksFor(length);
            if (mayMove(block, blockCount) && store.canReserve(path.height() + 1, longest(path))) {
                for (int depth = 0; depth <= leaf; depth++) {
                    tree.writer().makeWritable(depth);
                }
                moveRun(path.buffers[leaf], path.offsets[leaf], i, block, blockCount);
                moved += 1 + length / tree.writer().pageBytes();
            }
        }
        return moved;
    }

    private void moveRun(UnsafeBuffer b, int p, int index, int block, int blockCount) {
        int ref = Page.value(b, Page.entry(b, p, LEAF_SLOT_BYTES, index));
        int length = b.getInt(ref + RUN_LENGTH);
        pages.checkRun(block, length, b.getInt(ref + RUN_CRC));
        int to = store.allocate(blockCount);
        pages.buffer(to).putBytes(pages.offset(to), pages.buffer(block), pages.offset(block), length);
        store.free(block, blockCount, b.getLong(ref + RUN_EPOCH));
        b.putInt(ref + RUN_BLOCK, to);
        b.putLong(ref + RUN_EPOCH, store.epoch());
    }
}
