package io.stele.storage.page;

import static io.stele.storage.page.PageDescriptor.BRANCH_SLOT_BYTES;
import static io.stele.storage.page.PageDescriptor.ENTRY_KEY;
import static io.stele.storage.page.PageDescriptor.META_AREA_BYTES;
import static io.stele.storage.page.PageDescriptor.OFFSET_MASK;
import static io.stele.storage.page.PageDescriptor.PAGE_HEADER_BYTES;
import static io.stele.storage.page.PageDescriptor.PAGE_HEAP_OFFSET;
import static io.stele.storage.page.PageDescriptor.RUN_BLOCK;
import static io.stele.storage.page.PageDescriptor.RUN_CRC;
import static io.stele.storage.page.PageDescriptor.RUN_LENGTH;
import static io.stele.storage.page.PageDescriptor.RUN_REF_BYTES;
import static io.stele.storage.page.PageDescriptor.SLOT_HEAD;

import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Checks every page of a store: reachable or free but not both nor twice, checksums as the parents hold them, keys in
 * order and between the parents' separators, counts and weights right. Used by tests, the simulator and the command.
 */
public final class PageCheck {
    private static final int PROBLEM_MAX = 100;

    private final List<String> problems = new ArrayList<>();
    private final Pages pages;
    private final boolean isSealed;
    private final int blockLimit;
    private final BitSet reached = new BitSet();
    private final UnsafeBuffer previousKey = new UnsafeBuffer(new byte[PageStoreContext.KEY_LENGTH_MAX]);
    private int previousLength;
    private long pageCount;
    private long runCount;
    private long entryCount;

    private PageCheck(Pages pages, int blockLimit, boolean isSealed) {
        this.pages = pages;
        this.blockLimit = blockLimit;
        this.isSealed = isSealed;
    }

    /** What a check found. */
    public record Report(List<String> problems, long pages, long runs, long entries) {
        public boolean isClean() {
            return problems.isEmpty();
        }
    }

    /** Checks the last durable root of a file that no store has open. */
    public static Report check(FileStore files, String fileName) {
        try (PageFile file = PageFile.open(files, fileName, false)) {
            MetaPage meta = file.meta();
            int blocks = file.stepCount() * file.stepBlocks();
            Pages pages = new Pages(fileName, meta.blockBytes, meta.regionBytes, new VerifiedBlocks());
            pages.buffers(file.buffers(), blocks);
            PageCheck check = new PageCheck(pages, blocks, true);
            check.meta(meta);
            for (TreeRoot tree : meta.trees) {
                check.tree(tree);
            }
            check.reachability(check.freeMap(meta));
            return check.report();
        } catch (StorageException e) {
            return new Report(List.of(e.getMessage()), 0, 0, 0);
        }
    }

    /** Checks the current state of an open store, on its node thread; pages that are not sealed have no checksum. */
    static Report check(PageStore store) {
        PageCheck check = new PageCheck(store.pages(), store.map().capacity(), false);
        check.reach(0, META_AREA_BYTES / store.pages().blockBytes(), "meta area");
        store.forEachMapPiece((block, count) -> check.reach(block, count, "free map"));
        for (int i = 0; i < PageStoreContext.TREE_COUNT; i++) {
            check.tree(store.tree(i).root());
        }
        BitSet live = new BitSet();
        for (int i = 0; i < store.map().capacity(); i++) {
            live.set(i, store.map().isLive(i));
        }
        check.reachability(live);
        return check.report();
    }

    private Report report() {
        return new Report(List.copyOf(problems), pageCount, runCount, entryCount);
    }

    private void meta(MetaPage meta) {
        reach(0, META_AREA_BYTES / meta.blockBytes, "meta area");
        if (meta.fileBlocks > blockLimit) {
            problem(0, "root needs " + meta.fileBlocks + " blocks, the file has " + blockLimit);
        }
    }

    private BitSet freeMap(MetaPage meta) {
        BitSet live = new BitSet();
        int word = 0;
        for (int i = 0; i < meta.mapPieceCount; i++) {
            int block = meta.mapBlocks[i];
            int length = meta.mapLengths[i];
            if (!reach(block, (length + meta.blockBytes - 1) / meta.blockBytes, "free map")) {
                continue;
            }
            UnsafeBuffer b = pages.buffer(block);
            int p = pages.offset(block);
            if (pages.checksum().of(b, p, length) != meta.mapCrcs[i]) {
                problem(block, "free map does not match its checksum");
            }
            for (int offset = 0; offset < length; offset += Long.BYTES) {
                long bits = b.getLong(p + offset);
                while (bits != 0) {
                    live.set(word * Long.SIZE + Long.numberOfTrailingZeros(bits));
                    bits &= bits - 1;
                }
                word++;
            }
        }
        if (meta.mapPieceCount == 0) {
            live.set(0, META_AREA_BYTES / meta.blockBytes);
        }
        if (live.cardinality() != meta.usedBlocks) {
            problem(0, "free map has " + live.cardinality() + " used blocks, the root says " + meta.usedBlocks);
        }
        return live;
    }

    private void reachability(BitSet live) {
        BitSet lost = (BitSet) live.clone();
        lost.andNot(reached);
        for (int block = lost.nextSetBit(0); block >= 0 && !isFull(); block = lost.nextSetBit(block + 1)) {
            problem(block, "is neither reachable nor free");
        }
        BitSet stolen = (BitSet) reached.clone();
        stolen.andNot(live);
        for (int block = stolen.nextSetBit(0); block >= 0 && !isFull(); block = stolen.nextSetBit(block + 1)) {
            problem(block, "is reachable and free");
        }
    }

    private void tree(TreeRoot root) {
        if (root.height == 0) {
            if (root.entryCount != 0 || root.weight != 0) {
                problem(0, "tree " + root.treeId + " is empty but counts " + root.entryCount + " entries");
            }
            return;
        }
        long entriesBefore = entryCount;
        previousLength = -1;
        long weight = page(root, root.block, root.crc, root.height - 1, null, 0, null, 0);
        if (entryCount - entriesBefore != root.entryCount) {
            problem(
                    root.block,
                    "tree " + root.treeId + " has " + (entryCount - entriesBefore) + " entries, its root says "
                            + root.entryCount);
        }
        if (weight != root.weight) {
            problem(root.block, "tree " + root.treeId + " weighs " + weight + ", its root says " + root.weight);
        }
    }

    /** Weight found below a page; {@code low} and {@code high} are entries of ancestors that bound its keys. */
    private long page(
            TreeRoot root,
            int block,
            int crc,
            int level,
            UnsafeBuffer low,
            int lowEntry,
            UnsafeBuffer high,
            int highEntry) {
        if (block <= 0 || block >= blockLimit) {
            problem(block, "is named by a parent but lies outside of the file");
            return 0;
        }
        UnsafeBuffer b = pages.buffer(block);
        int p = pages.offset(block);
        try {
            if (isSealed || crc != 0) {
                pages.verify(block, crc, root.treeId, level);
            }
            if (!reach(block, pages.pageBytes(block) / pages.blockBytes(), "page")) {
                return 0;
            }
        } catch (StorageException e) {
            problem(block, e.getMessage());
            return 0;
        }
        pageCount++;
        if (!isHeapSound(block, b, p, level)) {
            return 0;
        }
        checkPrefix(block, b, p, level);
        return level == 0
                ? leaf(block, b, p, low, lowEntry, high, highEntry)
                : branch(root, block, level, low, lowEntry, high, highEntry);
    }

    private long branch(
            TreeRoot root, int block, int level, UnsafeBuffer low, int lowEntry, UnsafeBuffer high, int highEntry) {
        UnsafeBuffer b = pages.buffer(block);
        int p = pages.offset(block);
        long total = 0;
        int count = Page.count(b, p);
        if (count == 0) {
            problem(block, "is a branch without a child");
        }
        for (int i = 0; i < count; i++) {
            int own = Page.entry(b, p, BRANCH_SLOT_BYTES, i);
            UnsafeBuffer from = i == 0 ? low : b;
            UnsafeBuffer to = i + 1 == count ? high : b;
            int toEntry = i + 1 == count ? highEntry : Page.entry(b, p, BRANCH_SLOT_BYTES, i + 1);
            int child = Page.child(b, p, i);
            long weight =
                    page(root, child, Page.childCrc(b, p, i), level - 1, from, i == 0 ? lowEntry : own, to, toEntry);
            if (weight != Page.weight(b, p, i)) {
                problem(
                        block,
                        "says that child " + child + " weighs " + Page.weight(b, p, i) + ", it weighs " + weight);
            }
            total += weight;
        }
        return total;
    }

    private long leaf(
            int block, UnsafeBuffer b, int p, UnsafeBuffer low, int lowEntry, UnsafeBuffer high, int highEntry) {
        int count = Page.count(b, p);
        for (int i = 0; i < count; i++) {
            int entry = Page.entry(b, p, PageDescriptor.LEAF_SLOT_BYTES, i);
            int keyLength = Page.keyLength(b, entry);
            if (previousLength >= 0
                    && SearchKey.compare(previousKey, 0, previousLength, b, entry + ENTRY_KEY, keyLength, 0) >= 0) {
                problem(block, "has keys out of order at entry " + i);
            }
            if ((low != null && compare(low, lowEntry, b, entry) > 0)
                    || (high != null && compare(high, highEntry, b, entry) <= 0)) {
                problem(block, "has a key outside of its parent's bounds at entry " + i);
            }
            if (Page.isOverflow(b, p, i)) {
                run(block, b, entry);
            }
            previousKey.putBytes(0, b, entry + ENTRY_KEY, Math.min(keyLength, previousKey.capacity()));
            previousLength = Math.min(keyLength, previousKey.capacity());
            entryCount++;
        }
        return Page.weightOf(b, p, 0, 0, count);
    }

    private void run(int leaf, UnsafeBuffer b, int entry) {
        if (Page.valueLength(b, entry) != RUN_REF_BYTES) {
            problem(leaf, "has a broken reference to an overflow run");
            return;
        }
        int ref = Page.value(b, entry);
        int block = b.getInt(ref + RUN_BLOCK);
        int length = b.getInt(ref + RUN_LENGTH);
        runCount++;
        if (reach(block, Math.max(1, (length + pages.blockBytes() - 1) / pages.blockBytes()), "overflow run")
                && pages.checksum().of(pages.buffer(block), pages.offset(block), length) != b.getInt(ref + RUN_CRC)) {
            problem(block, "overflow run does not match its checksum");
        }
    }

    /** Every entry within the heap, none overlapping another. */
    private boolean isHeapSound(int block, UnsafeBuffer b, int p, int level) {
        int stride = Page.stride(level);
        int bytes = pages.pageBytes(block);
        int heap = b.getInt(p + PAGE_HEAP_OFFSET);
        int used = 0;
        int longest = TreeWriter.entryBytesMax(level, bytes) - stride;
        for (int i = 0, count = Page.count(b, p); i < count; i++) {
            int offset = Page.word(b, p, stride, i) & OFFSET_MASK;
            if (offset < heap || offset + ENTRY_KEY > bytes || offset + Page.entryBytes(b, p + offset) > bytes) {
                problem(block, "has entry " + i + " outside of its heap");
                return false;
            }
            used += Page.entryBytes(b, p + offset);
            if (Page.entryBytes(b, p + offset) > longest) {
                problem(block, "has entry " + i + " that takes more than its share of the page");
            }
        }
        int free = Page.free(b, p, stride);
        if (PAGE_HEADER_BYTES + Page.count(b, p) * stride + used + free != bytes) {
            problem(block, "does not account for all of its bytes");
        }
        return true;
    }

    private void checkPrefix(int block, UnsafeBuffer b, int p, int level) {
        int stride = Page.stride(level);
        int first = Page.firstKeyed(level);
        int prefix = Page.prefixLength(b, p);
        for (int i = first, count = Page.count(b, p); i < count; i++) {
            int entry = Page.entry(b, p, stride, i);
            int other = Page.entry(b, p, stride, first);
            int keyLength = Page.keyLength(b, entry);
            if (SearchKey.commonPrefix(b, entry + ENTRY_KEY, keyLength, b, other + ENTRY_KEY, Page.keyLength(b, other))
                            < prefix
                    || Page.head(b, entry + ENTRY_KEY, keyLength, prefix)
                            != b.getInt(Page.slot(p, stride, i) + SLOT_HEAD)) {
                problem(block, "has a wrong prefix or head at entry " + i);
            }
            if (level > 0 && i > first && compare(b, Page.entry(b, p, stride, i - 1), b, entry) >= 0) {
                problem(block, "has separators out of order at entry " + i);
            }
        }
    }

    private static int compare(UnsafeBuffer a, int aEntry, UnsafeBuffer b, int bEntry) {
        return SearchKey.compare(
                a, aEntry + ENTRY_KEY, Page.keyLength(a, aEntry), b, bEntry + ENTRY_KEY, Page.keyLength(b, bEntry), 0);
    }

    private boolean reach(int block, int count, String what) {
        if (block < 0 || count < 0 || (long) block + count > blockLimit) {
            problem(block, what + " lies outside of the file");
            return false;
        }
        int taken = reached.nextSetBit(block);
        if (taken >= 0 && taken < block + count) {
            problem(block, what + " is reachable twice");
            return false;
        }
        reached.set(block, block + count);
        return true;
    }

    private boolean isFull() {
        return problems.size() >= PROBLEM_MAX;
    }

    private void problem(int block, String what) {
        if (!isFull()) {
            problems.add("block " + block + ": " + what);
        }
    }
}
