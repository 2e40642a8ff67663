package io.stele.server.machine;

import io.stele.index.KeyIndex;
import io.stele.index.KeyRecord;
import io.stele.storage.page.BTree;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.Slice;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The keys and their versions: three trees and an index that always change together.
 *
 * <p>A live key's newest version stands in the tree of keys and in the index, a deleted key's tombstone in the tree of
 * graves until it is compacted. Every version, tombstones too, has its whole content in the tree of revisions, and is
 * linked to the ones before it ({@link VersionChain}). So a range at the newest revision reads nothing but live keys,
 * however long the history is.
 *
 * <p>All changes between {@link #begin} and {@link #end} are one revision; their order is the sub-revision.
 */
final class KeySpace {
    private static final int SCRATCH_FIRST = 64 * 1024;

    final BTree keys;
    final BTree graves;
    final BTree revisions;

    private final KeyIndex index;
    private final Stamp stamp;
    private final StateDigest digest;
    private final LeaseTable leases;

    private final VersionChain chain;
    private final Slice slice = new Slice();
    private final KeyRecord previous = new KeyRecord();
    private final KeyRecord grave = new KeyRecord();
    private final KeyRecord next = new KeyRecord();
    private final UnsafeBuffer keyRecordScratch = scratch(KeyDescriptor.LENGTH_MAX);
    private final UnsafeBuffer revisionKeyScratch = scratch(RevisionDescriptor.KEY_LENGTH);
    private final UnsafeBuffer graveScratch = scratch(GraveDescriptor.LENGTH);
    private UnsafeBuffer revisionScratch = scratch(SCRATCH_FIRST);

    /** Whether a miss in the index means that there is no such key. */
    private boolean indexComplete;

    private long revision;
    private int changes;
    private ChangeListener listener = ChangeListener.NONE;
    private final RevisionView change = new RevisionView();

    KeySpace(PageStore store, KeyIndex index, Stamp stamp, StateDigest digest, LeaseTable leases) {
        keys = store.tree(TreeIds.KEYS);
        graves = store.tree(TreeIds.GRAVES);
        revisions = store.tree(TreeIds.REVISIONS);
        chain = new VersionChain(revisions, stamp);
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

    /** Who hears of every change from now on. */
    void listener(ChangeListener value) {
        listener = value;
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
            listener.onRevision(revision);
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

    /** Like {@link #find}, for a {@link #put} of the same key that comes next: it need not search the tree again. */
    boolean findForPut(DirectBuffer key, int offset, int length, KeyRecord into) {
        if (!keys.seekForPut(key, offset, length, slice)) {
            return false;
        }
        KeyDescriptor.decode(slice, into);
        return true;
    }

    /** The version that a key had at a revision; only create, mod and sub-revision, version and lease are filled in. */
    boolean findAt(DirectBuffer key, int offset, int length, long atRevision, KeyRecord into, RevisionView content) {
        boolean live = find(key, offset, length, into);
        if (live && into.modRevision <= atRevision) {
            return true;
        }
        if (!live && !findGrave(key, offset, length, into)) {
            return false;
        }
        return findOlder(into, atRevision, content);
    }

    /** From a key's newest version, or its tombstone, goes back to the version that it had at a revision. */
    boolean findOlder(KeyRecord record, long atRevision, RevisionView content) {
        if (record.modRevision <= atRevision || !chain.find(record.modRevision, record.modSubRevision, atRevision)) {
            return false;
        }
        record.modRevision = chain.main();
        record.modSubRevision = chain.sub();
        fill(record, content);
        return true;
    }

    /** The tombstone of a deleted key. */
    private boolean findGrave(DirectBuffer key, int offset, int length, KeyRecord into) {
        if (graves.entryCount() == 0 || !graves.get(key, offset, length, slice)) {
            return false;
        }
        GraveDescriptor.decode(slice, into);
        into.version = 0;
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
        if (!hasContent(main, sub, into)) {
            throw new IllegalStateException("revision " + main + "." + sub + " is missing");
        }
        return into;
    }

    /** Whether a version exists; if so, its content. */
    boolean hasContent(long main, int sub, RevisionView into) {
        RevisionDescriptor.encodeKey(revisionKeyScratch, 0, main, sub);
        boolean found = revisions.get(revisionKeyScratch, 0, RevisionDescriptor.KEY_LENGTH, into.slice);
        if (found) {
            into.wrap();
        }
        return found;
    }

    /**
     * Sets a key. {@code existing} is what {@link #findForPut} has just found for it, or null. The value may lie in the
     * page store; the key may not.
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
        int length = encodeContent(key, keyOffset, keyLength, older(key, keyOffset, keyLength, existing), valueLength);
        revisionScratch.putBytes(length, value, valueOffset, valueLength);
        append(length + valueLength);
        keys.putSought(keyRecordScratch, 0, KeyDescriptor.encode(keyRecordScratch, 0, next), true);
        if (index.accepts(keyLength) && !index.put(key, keyOffset, keyLength, next)) {
            indexComplete = false;
        }
        digest.replaceKey(key, keyOffset, keyLength, existing, next);
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
        int contentLength = encodeContent(key, offset, length, previous, 0);
        digest.removeKey(key, offset, length, previous);
        append(contentLength);
        GraveDescriptor.encode(graveScratch, 0, next);
        graves.put(key, offset, length, graveScratch, 0, GraveDescriptor.LENGTH, false);
        keys.remove(key, offset, length);
        index.remove(key, offset, length);
        if (previous.lease != 0) {
            leases.move(key, offset, length, previous.lease, 0);
        }
        changes++;
        return true;
    }

    /** The version that a put follows: the live one, or the tombstone, which it takes out of its grave; or null. */
    private KeyRecord older(DirectBuffer key, int offset, int length, KeyRecord existing) {
        if (existing != null) {
            return existing;
        }
        if (!findGrave(key, offset, length, grave)) {
            return null;
        }
        graves.remove(key, offset, length);
        return grave;
    }

    /** Everything but the value, for which there is room then; its length. */
    private int encodeContent(DirectBuffer key, int offset, int length, KeyRecord older, int valueLength) {
        chain.extend(older, next);
        int lengthMax = RevisionDescriptor.HEADER_LENGTH_MAX + length + valueLength;
        if (revisionScratch.capacity() < lengthMax) {
            revisionScratch = scratch(lengthMax + lengthMax / 2);
        }
        int headerLength = RevisionDescriptor.encodeHeader(revisionScratch, next, older, length);
        revisionScratch.putBytes(headerLength, key, offset, length);
        return headerLength + length;
    }

    private void append(int contentLength) {
        RevisionDescriptor.encodeKey(revisionKeyScratch, 0, next.modRevision, next.modSubRevision);
        boolean inserted = revisions.put(
                revisionKeyScratch, 0, RevisionDescriptor.KEY_LENGTH, revisionScratch, 0, contentLength, false);
        assert inserted : "a revision is written once";
        if (listener != ChangeListener.NONE) {
            change.slice.wrap(revisionScratch, 0, contentLength);
            listener.onChange(next.modRevision, next.modSubRevision, change.wrap());
        }
    }

    static UnsafeBuffer scratch(int length) {
        return new UnsafeBuffer(BufferUtil.allocateDirectAligned(length, Long.BYTES));
    }
}
