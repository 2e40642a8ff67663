package io.stele.storage.page;

import static io.stele.storage.page.PageDescriptor.FLAG_COUNTED;
import static io.stele.storage.page.PageDescriptor.FLAG_OVERFLOW;
import static io.stele.storage.page.PageDescriptor.LEAF_SLOT_BYTES;
import static io.stele.storage.page.PageDescriptor.RUN_BLOCK;
import static io.stele.storage.page.PageDescriptor.RUN_CRC;
import static io.stele.storage.page.PageDescriptor.RUN_EPOCH;
import static io.stele.storage.page.PageDescriptor.RUN_LENGTH;
import static io.stele.storage.page.PageDescriptor.RUN_REF_BYTES;

import io.stele.storage.file.StorageException;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One tree of a {@link PageStore}, in its current state: byte-string keys in {@code memcmp} order to byte-string
 * values. Entries put as counted are summed in the branches. Node thread only; allocates nothing per operation.
 */
public final class BTree {
    private final PageStore store;
    private final Pages pages;
    private final TreeRoot root;
    private final TreePath path = new TreePath();
    private final SearchKey searchKey = new SearchKey();
    private final TreeWriter writer;
    private final TreeShrinker shrinker;
    private final Cursor cursor;
    private final int roomBytes;
    private final int inlineMax;
    private final UnsafeBuffer runRef = new UnsafeBuffer(new byte[RUN_REF_BYTES]);

    /** Whether the path leads to the search key's place, and whether the key is there. */
    private boolean sought;

    private boolean soughtFound;

    /** Whether the last key that was looked for was there: the next one is then likely to be there too. */
    private boolean foundLast;

    BTree(PageStore store, TreeRoot root, int pageBytes) {
        this.store = store;
        this.pages = store.pages();
        this.root = root;
        this.writer = new TreeWriter(store, root, path, pageBytes);
        this.shrinker = new TreeShrinker(store, root, path, writer);
        this.cursor = new Cursor(pages, root);
        this.roomBytes = pageBytes - PageDescriptor.PAGE_HEADER_BYTES;
        this.inlineMax = TreeWriter.entryBytesMax(0, pageBytes);
    }

    /**
     * Puts an entry, replacing the value and the mark of one with that key. True if the key is new. When the disk is
     * full this fails before anything has changed ({@link StorageException.Kind#NO_SPACE}).
     */
    public boolean put(
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            DirectBuffer value,
            int valueOffset,
            int valueLength,
            boolean counted) {
        requireLengths(keyLength, valueLength);
        store.requirePutRoom();
        searchKey.set(key, keyOffset, keyLength);
        sought = false;
        return put(value, valueOffset, valueLength, counted ? FLAG_COUNTED : 0);
    }

    /**
     * Goes to where a key is, or would be, so that {@link #putSought} need not search again; true if it is there, with
     * its value. Nothing else may be done with this tree in between.
     */
    public boolean seekForPut(DirectBuffer key, int offset, int length, Slice into) {
        requireLengths(length, 0);
        searchKey.set(key, offset, length);
        soughtFound = find();
        sought = root.height > 0;
        if (soughtFound) {
            int leaf = path.leaf();
            value(pages, path.buffers[leaf], path.offsets[leaf], path.indexes[leaf], into);
        }
        return soughtFound;
    }

    /** Puts an entry of the key that was sought, like {@link #put}. */
    public boolean putSought(DirectBuffer value, int valueOffset, int valueLength, boolean counted) {
        requireLengths(searchKey.length(), valueLength);
        store.requirePutRoom();
        return put(value, valueOffset, valueLength, counted ? FLAG_COUNTED : 0);
    }

    private void requireLengths(int keyLength, int valueLength) {
        if (keyLength > store.keyLengthMax() || valueLength > store.valueLengthMax()) {
            throw new IllegalArgumentException("key of " + keyLength + " or value of " + valueLength + " is too long");
        }
    }

    private boolean put(DirectBuffer value, int valueOffset, int valueLength, int flags) {
        int entryBytes = TreeWriter.entryBytes(searchKey.length(), valueLength);
        if (valueLength > RUN_REF_BYTES && isBetterInRun(entryBytes, valueLength)) {
            return putRun(value, valueOffset, valueLength, flags | FLAG_OVERFLOW);
        }
        return putEntry(value, valueOffset, valueLength, flags);
    }

    /** True if the key was present. */
    public boolean remove(DirectBuffer key, int offset, int length) {
        searchKey.set(key, offset, Math.min(length, PageStoreContext.KEY_LENGTH_MAX));
        if (length > PageStoreContext.KEY_LENGTH_MAX || !descend()) {
            return false;
        }
        store.requireRemoveRoom();
        writer.makePathWritable();
        int leaf = path.leaf();
        dropRun(leaf, path.indexes[leaf]);
        int entry = Page.entry(path.buffers[leaf], path.offsets[leaf], LEAF_SLOT_BYTES, path.indexes[leaf]);
        store.noteRemoved(root.treeId, Page.entryBytes(path.buffers[leaf], entry));
        if (Page.isCounted(path.buffers[leaf], path.offsets[leaf], path.indexes[leaf])) {
            writer.addWeight(-1);
        }
        Page.remove(path.buffers[leaf], path.offsets[leaf], path.indexes[leaf]);
        root.entryCount--;
        shrinker.shrink(leaf);
        return true;
    }

    /** True if the key is present; {@code into} may be null. */
    public boolean get(DirectBuffer key, int offset, int length, Slice into) {
        searchKey.set(key, offset, Math.min(length, PageStoreContext.KEY_LENGTH_MAX));
        boolean found = length <= PageStoreContext.KEY_LENGTH_MAX && find();
        if (found && into != null) {
            int leaf = path.leaf();
            value(pages, path.buffers[leaf], path.offsets[leaf], path.indexes[leaf], into);
        }
        return found;
    }

    /** Counted entries with {@code from <= key < to}; a null {@code to} means to the end. Logarithmic. */
    public long countRange(
            DirectBuffer from, int fromOffset, int fromLength, DirectBuffer to, int toOffset, int toLength) {
        return countRange(cursor, root, from, fromOffset, fromLength, to, toOffset, toLength);
    }

    static long countRange(
            Cursor cursor,
            TreeRoot root,
            DirectBuffer from,
            int fromOffset,
            int fromLength,
            DirectBuffer to,
            int toOffset,
            int toLength) {
        long before = cursor.rank(from, fromOffset, fromLength);
        long end = to == null ? root.weight : cursor.rank(to, toOffset, toLength);
        return Math.max(0, end - before);
    }

    /** Counted entries of the whole tree. */
    public long countedEntries() {
        return root.weight;
    }

    public long entryCount() {
        return root.entryCount;
    }

    /** A new cursor on the current state; keep it and seek again after mutations. */
    public Cursor cursor() {
        return new Cursor(pages, root);
    }

    TreeRoot root() {
        return root;
    }

    TreeWriter writer() {
        return writer;
    }

    TreeShrinker shrinker() {
        return shrinker;
    }

    TreePath path() {
        return path;
    }

    static Slice value(Pages pages, UnsafeBuffer b, int p, int index, Slice into) {
        int entry = Page.entry(b, p, LEAF_SLOT_BYTES, index);
        int value = Page.value(b, entry);
        if (!Page.isOverflow(b, p, index)) {
            return into.wrap(b, value, Page.valueLength(b, entry));
        }
        int block = b.getInt(value + RUN_BLOCK);
        int length = b.getInt(value + RUN_LENGTH);
        pages.checkRun(block, length, b.getInt(value + RUN_CRC));
        return into.wrap(pages.buffer(block), pages.offset(block), length);
    }

    /** Large values go where they waste less: in pages that hold a few of them, or in whole blocks of their own. */
    private boolean isBetterInRun(int entryBytes, int valueLength) {
        if (entryBytes > inlineMax) {
            return true;
        }
        int inPage = roomBytes / (roomBytes / entryBytes);
        return entryBytes > roomBytes / 4
                && store.blocksFor(valueLength) * pages.blockBytes() + entryBytes - valueLength < inPage;
    }

    private boolean find() {
        if (foundLast) {
            begin();
            if (path.guess(searchKey)) {
                return true;
            }
        }
        foundLast = descend();
        return foundLast;
    }

    private boolean descend() {
        begin();
        return path.descend(searchKey);
    }

    private void begin() {
        sought = false;
        path.begin(pages, root.treeId, root.block, root.crc, root.height);
    }

    private boolean putRun(DirectBuffer value, int offset, int length, int flags) {
        int blockCount = store.blocksFor(length);
        int block = store.allocate(blockCount);
        UnsafeBuffer b = pages.buffer(block);
        int p = pages.offset(block);
        b.putBytes(p, value, offset, length);
        runRef.putInt(RUN_BLOCK, block);
        runRef.putInt(RUN_LENGTH, length);
        runRef.putInt(RUN_CRC, pages.checksum().of(b, p, length));
        runRef.putLong(RUN_EPOCH, store.epoch());
        try {
            return putEntry(runRef, 0, RUN_REF_BYTES, flags);
        } catch (StorageException e) {
            store.free(block, blockCount, store.epoch());
            throw e;
        }
    }

    private boolean putEntry(DirectBuffer value, int valueOffset, int valueLength, int flags) {
        writer.createRoot();
        boolean found = sought ? soughtFound : descend();
        sought = false;
        int leaf = path.leaf();
        int index = path.indexes[leaf];

        // What may fail for want of space comes first, while the tree still says what it said before.
        writer.makePathWritable();
        boolean fits = found && valueLengthAt(leaf, index) == valueLength;
        if (!fits) {
            writer.reserveRoom(searchKey.length(), valueLength);
        }

        int weight = flags >>> 31;
        UnsafeBuffer b = path.buffers[leaf];
        int p = path.offsets[leaf];
        if (found) {
            dropRun(leaf, index);
            int change = weight - (Page.isCounted(b, p, index) ? 1 : 0);
            if (change != 0) {
                writer.addWeight(change);
            }
            if (fits) {
                Page.flags(b, p, index, flags);
                int entry = Page.entry(b, p, LEAF_SLOT_BYTES, index);
                b.putBytes(Page.value(b, entry), value, valueOffset, valueLength);
                return false;
            }
            Page.remove(b, p, index);
        } else {
            root.entryCount++;
            if (weight != 0) {
                writer.addWeight(weight);
            }
        }
        writer.insert(leaf, index, searchKey.bytes(), 0, searchKey.length(), valueLength, flags, weight);
        writer.fillValue(value, valueOffset, valueLength);
        return !found;
    }

    private int valueLengthAt(int leaf, int index) {
        UnsafeBuffer b = path.buffers[leaf];
        return Page.valueLength(b, Page.entry(b, path.offsets[leaf], LEAF_SLOT_BYTES, index));
    }

    private void dropRun(int leaf, int index) {
        UnsafeBuffer b = path.buffers[leaf];
        int p = path.offsets[leaf];
        if (Page.isOverflow(b, p, index)) {
            int ref = Page.value(b, Page.entry(b, p, LEAF_SLOT_BYTES, index));
            store.free(
                    b.getInt(ref + RUN_BLOCK), store.blocksFor(b.getInt(ref + RUN_LENGTH)), b.getLong(ref + RUN_EPOCH));
        }
    }
}
