package io.stele.server.machine;

import io.stele.index.KeyIndex;
import io.stele.index.KeyRecord;
import io.stele.storage.page.BTree;
import io.stele.storage.page.Cursor;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.PageStoreContext;
import io.stele.storage.page.Slice;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The keys and their versions: three trees and an index that always change together.
 *
 * <p>A live key's newest version stands in the tree of keys and in the index; a version that is superseded moves to the
 * history tree, and so does the tombstone of a deletion. Every version, tombstones too, has its whole content in the
 * tree of revisions. So a range at the newest revision reads nothing but live keys, however long the history is.
 *
 * <p>All changes between {@link #begin} and {@link #end} are one revision; their order is the sub-revision.
 */
final class KeySpace {
    private static final int SCRATCH_FIRST = 64 * 1024;

    final BTree keys;
    final BTree history;
    final BTree revisions;

    private final KeyIndex index;
    private final Stamp stamp;
    private final StateDigest digest;
    private final LeaseTable leases;

    private final Cursor historyCursor;
    private final Slice slice = new Slice();
    private final KeyRecord previous = new KeyRecord();
    private final KeyRecord next = new KeyRecord();
    private final UnsafeBuffer keyRecordScratch = scratch(KeyDescriptor.LENGTH);
    private final UnsafeBuffer revisionKeyScratch = scratch(RevisionDescriptor.KEY_LENGTH);
    private final UnsafeBuffer historyKeyScratch = scratch(PageStoreContext.KEY_LENGTH_MAX * 2);
    private final UnsafeBuffer historyValueScratch = scratch(1);
    private UnsafeBuffer revisionScratch = scratch(SCRATCH_FIRST);

    /** Whether a miss in the index means that there is no such key. */
    private boolean indexComplete;

    private long revision;
    private int changes;

    KeySpace(PageStore store, KeyIndex index, Stamp stamp, StateDigest digest, LeaseTable leases) {
        keys = store.tree(TreeIds.KEYS);
        history = store.tree(TreeIds.HISTORY);
        revisions = store.tree(TreeIds.REVISIONS);
        historyCursor = history.cursor();
        this.index = index;
        this.stamp = stamp;
        this.digest = digest;
        this.leases = leases;
        revision = stamp.revision();
    }

    /** The newest revision; within an entry that has changed something already, that entry's. */
    long revision() {
        return changes > 0 ? revision + 1 : revision;
    }

    /** The newest revision before the entry that is being applied. */
    long committedRevision() {
        return revision;
    }

    long compactRevision() {
        return stamp.compactRevision();
    }

    KeyIndex index() {
        return index;
    }

    boolean isIndexComplete() {
        return indexComplete;
    }

    void indexComplete(boolean complete) {
        indexComplete = complete;
    }

    void begin() {
        assert changes == 0 : "an entry has not been ended";
    }

    /** Makes the changes since {@link #begin} a revision, if there are any. */
    void end() {
        if (changes > 0) {
            revision++;
            changes = 0;
            stamp.revision(revision);
        }
        stamp.digest(digest.low(), digest.high());
    }

    /** The newest version of a live key. */
    boolean find(DirectBuffer key, int offset, int length, KeyRecord into) {
        if (index.accepts(length) && index.isReady()) {
            if (index.get(key, offset, length, into)) {
                return true;
            }
            if (indexComplete) {
                return false;
            }
        }
        if (!keys.get(key, offset, length, slice)) {
            return false;
        }
        KeyDescriptor.decode(slice, into);
        return true;
    }

    /** The version that a key had at a revision; only create, mod and sub-revision, version and lease are filled in. */
    boolean findAt(DirectBuffer key, int offset, int length, long atRevision, KeyRecord into, RevisionView content) {
        if (find(key, offset, length, into) && into.modRevision <= atRevision) {
            return true;
        }
        int prefixLength = HistoryDescriptor.encodePrefix(historyKeyScratch, key, offset, length);
        int seekLength =
                HistoryDescriptor.encodeVersion(historyKeyScratch, prefixLength, atRevision, Integer.MAX_VALUE);
        if (!historyCursor.seek(historyKeyScratch, 0, seekLength) || !onPrefix(prefixLength)) {
            return false;
        }
        if (historyCursor.value().buffer().getByte(historyCursor.value().offset()) == HistoryDescriptor.TOMBSTONE) {
            return false;
        }
        Slice found = historyCursor.key();
        into.modRevision = HistoryDescriptor.main(found.buffer(), found.offset(), found.length());
        into.modSubRevision = HistoryDescriptor.sub(found.buffer(), found.offset(), found.length());
        fill(into, content);
        return true;
    }

    /** Completes a record of which only the revision is known. */
    void fill(KeyRecord record, RevisionView content) {
        content(record.modRevision, record.modSubRevision, content);
        record.createRevision = content.createRevision();
        record.version = content.version();
        record.lease = content.lease();
    }

    /** The content of a version that must exist. */
    RevisionView content(long main, int sub, RevisionView into) {
        RevisionDescriptor.encodeKey(revisionKeyScratch, 0, main, sub);
        if (!revisions.get(revisionKeyScratch, 0, RevisionDescriptor.KEY_LENGTH, into.slice)) {
            throw new IllegalStateException("revision " + main + "." + sub + " is missing");
        }
        return into.wrap();
    }

    /**
     * Sets a key. {@code existing} is what {@link #find} found for it, or null. The value may lie in the page store;
     * the key may not.
     */
    void put(
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            KeyRecord existing,
            DirectBuffer value,
            int valueOffset,
            int valueLength,
            long lease) {
        next.createRevision = existing == null ? revision + 1 : existing.createRevision;
        next.modRevision = revision + 1;
        next.modSubRevision = changes;
        next.version = existing == null ? 1 : existing.version + 1;
        next.lease = lease;
        next.valueHash = StateDigest.valueHash(value, valueOffset, valueLength);
        int contentLength = RevisionDescriptor.HEADER_LENGTH + keyLength + valueLength;
        encodeContent(key, keyOffset, keyLength, contentLength);
        revisionScratch.putBytes(RevisionDescriptor.HEADER_LENGTH + keyLength, value, valueOffset, valueLength);
        if (existing != null) {
            supersede(key, keyOffset, keyLength, existing);
        }
        append(contentLength);
        KeyDescriptor.encode(keyRecordScratch, 0, next);
        keys.put(key, keyOffset, keyLength, keyRecordScratch, 0, KeyDescriptor.LENGTH, true);
        if (index.accepts(keyLength) && !index.put(key, keyOffset, keyLength, next)) {
            indexComplete = false;
        }
        digest.addKey(key, keyOffset, keyLength, next);
        long oldLease = existing == null ? 0 : existing.lease;
        if (oldLease != lease) {
            leases.move(key, keyOffset, keyLength, oldLease, lease);
        }
        changes++;
    }

    /** Deletes a key if it exists. The key may not lie in the page store. */
    boolean delete(DirectBuffer key, int offset, int length) {
        if (!find(key, offset, length, previous)) {
            return false;
        }
        next.createRevision = 0;
        next.modRevision = revision + 1;
        next.modSubRevision = changes;
        next.version = 0;
        next.lease = 0;
        int contentLength = RevisionDescriptor.HEADER_LENGTH + length;
        encodeContent(key, offset, length, contentLength);
        int prefixLength = supersede(key, offset, length, previous);
        append(contentLength);
        putHistory(prefixLength, next, HistoryDescriptor.TOMBSTONE);
        keys.remove(key, offset, length);
        index.remove(key, offset, length);
        if (previous.lease != 0) {
            leases.move(key, offset, length, previous.lease, 0);
        }
        changes++;
        return true;
    }

    private void encodeContent(DirectBuffer key, int offset, int length, int contentLength) {
        if (revisionScratch.capacity() < contentLength) {
            revisionScratch = scratch(contentLength + contentLength / 2);
        }
        RevisionDescriptor.encodeHeader(
                revisionScratch, next.createRevision, next.version, next.lease, length, next.version == 0);
        revisionScratch.putBytes(RevisionDescriptor.HEADER_LENGTH, key, offset, length);
    }

    private void append(int contentLength) {
        RevisionDescriptor.encodeKey(revisionKeyScratch, 0, next.modRevision, next.modSubRevision);
        boolean inserted = revisions.put(
                revisionKeyScratch, 0, RevisionDescriptor.KEY_LENGTH, revisionScratch, 0, contentLength, false);
        assert inserted : "a revision is written once";
    }

    /** Moves a key's newest version to the history. Leaves the key's prefix in the scratch and returns its length. */
    private int supersede(DirectBuffer key, int offset, int length, KeyRecord old) {
        digest.removeKey(key, offset, length, old);
        int prefixLength = HistoryDescriptor.encodePrefix(historyKeyScratch, key, offset, length);
        putHistory(prefixLength, old, HistoryDescriptor.PUT);
        return prefixLength;
    }

    private void putHistory(int prefixLength, KeyRecord version, byte kind) {
        int length = HistoryDescriptor.encodeVersion(
                historyKeyScratch, prefixLength, version.modRevision, version.modSubRevision);
        historyValueScratch.putByte(0, kind);
        history.put(historyKeyScratch, 0, length, historyValueScratch, 0, 1, false);
    }

    private boolean onPrefix(int prefixLength) {
        Slice found = historyCursor.key();
        return found.length() == prefixLength + HistoryDescriptor.SUFFIX_LENGTH
                && Bytes.startsWith(found, historyKeyScratch, prefixLength);
    }

    static UnsafeBuffer scratch(int length) {
        return new UnsafeBuffer(BufferUtil.allocateDirectAligned(length, Long.BYTES));
    }
}
