package io.stele.storage.page;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A pinned state: stays as it is, byte for byte, until closed, whatever the store does. Pin and close on the node
 * thread; between them one other thread at a time may read. Space freed meanwhile is not reused: close it soon.
 */
public final class ReadView implements AutoCloseable {
    final long epoch;

    private final PageStore store;
    private final Pages pages;
    private final TreeRoot[] trees;
    private final UnsafeBuffer stamp;
    private final Cursor[] countCursors;
    private boolean closed;

    ReadView(PageStore store, long epoch, Pages pages, TreeRoot[] trees, UnsafeBuffer stamp) {
        this.store = store;
        this.epoch = epoch;
        this.pages = pages;
        this.trees = trees;
        this.stamp = stamp;
        this.countCursors = new Cursor[trees.length];
    }

    public Cursor cursor(int treeId) {
        return new Cursor(pages, trees[treeId]);
    }

    /** Counted entries with {@code from <= key < to}; a null {@code to} means to the end. */
    public long countRange(
            int treeId,
            DirectBuffer from,
            int fromOffset,
            int fromLength,
            DirectBuffer to,
            int toOffset,
            int toLength) {
        if (countCursors[treeId] == null) {
            countCursors[treeId] = cursor(treeId);
        }
        return BTree.countRange(
                countCursors[treeId], trees[treeId], from, fromOffset, fromLength, to, toOffset, toLength);
    }

    public long entryCount(int treeId) {
        return trees[treeId].entryCount;
    }

    /** Counted entries of a whole tree. */
    public long countedEntries(int treeId) {
        return trees[treeId].weight;
    }

    /** The caller's state as it was. */
    public DirectBuffer stamp() {
        return stamp;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            store.unpin(epoch);
        }
    }
}
