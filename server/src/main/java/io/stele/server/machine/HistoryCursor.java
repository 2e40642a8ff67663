package io.stele.server.machine;

import io.stele.storage.page.BTree;
import io.stele.storage.page.Cursor;
import io.stele.storage.page.PageStoreContext;
import io.stele.storage.page.Slice;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Walks the history tree key by key: on each key it finds the version that was the newest at a revision. */
final class HistoryCursor {
    /** Versions stepped over one by one before a search is cheaper. */
    private static final int STEPS_MAX = 8;

    private final Cursor cursor;
    private final UnsafeBuffer seekScratch = KeySpace.scratch(PageStoreContext.KEY_LENGTH_MAX * 2);
    private final UnsafeBuffer userKey = KeySpace.scratch(PageStoreContext.KEY_LENGTH_MAX);
    private int userKeyLength;
    private int prefixLength;
    private long main;
    private int sub;
    private boolean tombstone;

    HistoryCursor(BTree history) {
        cursor = history.cursor();
    }

    /** Goes to the first key at or after the one given. */
    boolean seek(DirectBuffer key, int offset, int length) {
        int seekLength = HistoryDescriptor.encodePrefix(seekScratch, key, offset, length);
        return load(cursor.seek(seekScratch, 0, seekLength));
    }

    DirectBuffer key() {
        return userKey;
    }

    int keyLength() {
        return userKeyLength;
    }

    /** On a key: whether it had a version at the revision, which {@link #main} and {@link #sub} are then. */
    boolean findVersion(long atRevision) {
        for (int steps = 0; steps < STEPS_MAX; steps++) {
            loadVersion();
            if (main <= atRevision) {
                return !tombstone;
            }
            if (!cursor.next() || !onKey()) {
                return false;
            }
        }
        int length = HistoryDescriptor.encodeVersion(seekScratch, prefixLength, atRevision, Integer.MAX_VALUE);
        if (!cursor.seek(seekScratch, 0, length) || !onKey()) {
            return false;
        }
        loadVersion();
        return !tombstone;
    }

    long main() {
        return main;
    }

    int sub() {
        return sub;
    }

    /** Goes to the next key. */
    boolean nextKey() {
        for (int steps = 0; steps < STEPS_MAX && cursor.valid(); steps++) {
            if (!onKey()) {
                return load(true);
            }
            cursor.next();
        }
        if (cursor.valid() && onKey()) {
            int length = HistoryDescriptor.encodeVersion(seekScratch, prefixLength, 0, 0);
            cursor.seek(seekScratch, 0, length);
        }
        return load(cursor.valid());
    }

    private boolean load(boolean on) {
        if (on) {
            Slice entry = cursor.key();
            prefixLength = entry.length() - HistoryDescriptor.SUFFIX_LENGTH;
            seekScratch.putBytes(0, entry.buffer(), entry.offset(), prefixLength);
            userKeyLength = HistoryDescriptor.decodeKey(entry.buffer(), entry.offset(), entry.length(), userKey);
        }
        return on;
    }

    private void loadVersion() {
        Slice entry = cursor.key();
        main = HistoryDescriptor.main(entry.buffer(), entry.offset(), entry.length());
        sub = HistoryDescriptor.sub(entry.buffer(), entry.offset(), entry.length());
        Slice value = cursor.value();
        tombstone = value.buffer().getByte(value.offset()) == HistoryDescriptor.TOMBSTONE;
    }

    private boolean onKey() {
        Slice entry = cursor.key();
        return entry.length() == prefixLength + HistoryDescriptor.SUFFIX_LENGTH
                && Bytes.startsWith(entry, seekScratch, prefixLength);
    }
}
