package io.stele.storage.page;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A place in one tree, of the current state or of a pinned view. Allocates nothing after construction. Every mutation
 * of the store invalidates the cursors of its current state: seek again; a view's cursors stay good until it closes.
 */
public final class Cursor {
    private final Pages pages;
    private final TreeRoot root;
    private final TreePath path = new TreePath();
    private final SearchKey searchKey = new SearchKey();
    private final Slice key = new Slice();
    private final Slice value = new Slice();
    private boolean valid;

    Cursor(Pages pages, TreeRoot root) {
        this.pages = pages;
        this.root = root;
    }

    /** Goes to the first entry at or after the key; false if there is none. */
    public boolean seek(DirectBuffer keyBuffer, int offset, int length) {
        descend(keyBuffer, offset, length);
        valid = root.height > 0 && (path.indexes[path.leaf()] < path.count(path.leaf()) || path.nextLeaf());
        return valid;
    }

    /** Goes to the last entry at or before the key; false if there is none. */
    public boolean seekFloor(DirectBuffer keyBuffer, int offset, int length) {
        boolean found = descend(keyBuffer, offset, length);
        valid = root.height > 0;
        return found || (valid && previous());
    }

    public boolean first() {
        path.begin(pages, root.treeId, root.block, root.crc, root.height);
        valid = root.height > 0;
        if (valid) {
            path.descendFirst(0);
            valid = path.count(path.leaf()) > 0;
        }
        return valid;
    }

    public boolean last() {
        path.begin(pages, root.treeId, root.block, root.crc, root.height);
        valid = root.height > 0;
        if (valid) {
            path.descendLast(0);
            valid = path.count(path.leaf()) > 0;
        }
        return valid;
    }

    public boolean next() {
        assert valid;
        int leaf = path.leaf();
        valid = ++path.indexes[leaf] < path.count(leaf) || path.nextLeaf();
        return valid;
    }

    public boolean previous() {
        assert valid;
        valid = --path.indexes[path.leaf()] >= 0 || path.previousLeaf();
        return valid;
    }

    /** Whether the cursor stands on an entry. */
    public boolean valid() {
        return valid;
    }

    public Slice key() {
        assert valid;
        int leaf = path.leaf();
        UnsafeBuffer b = path.buffers[leaf];
        int entry = Page.entry(b, path.offsets[leaf], PageDescriptor.LEAF_SLOT_BYTES, path.indexes[leaf]);
        return key.wrap(b, entry + PageDescriptor.ENTRY_KEY, Page.keyLength(b, entry));
    }

    public Slice value() {
        assert valid;
        int leaf = path.leaf();
        return BTree.value(pages, path.buffers[leaf], path.offsets[leaf], path.indexes[leaf], value);
    }

    public boolean counted() {
        assert valid;
        int leaf = path.leaf();
        return Page.isCounted(path.buffers[leaf], path.offsets[leaf], path.indexes[leaf]);
    }

    /** Counted entries before the key. */
    long rank(DirectBuffer keyBuffer, int offset, int length) {
        descend(keyBuffer, offset, length);
        return path.rank();
    }

    private boolean descend(DirectBuffer keyBuffer, int offset, int length) {
        searchKey.set(keyBuffer, offset, Math.min(length, PageStoreContext.KEY_LENGTH_MAX));
        path.begin(pages, root.treeId, root.block, root.crc, root.height);
        return path.descend(searchKey);
    }
}
