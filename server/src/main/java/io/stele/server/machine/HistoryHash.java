package io.stele.server.machine;

import io.stele.storage.page.Cursor;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.PageStoreContext;
import io.stele.storage.page.ReadView;
import io.stele.storage.page.Slice;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A checksum of history up to a revision, made piece by piece over a pinned state. In it is what compaction has left,
 * whether or not the rest has been removed by now: members whose compact revisions are equal get the same.
 *
 * <p>It is a sum over versions, so what should be gone already can be subtracted when the version that supersedes it is
 * met.
 */
public final class HistoryHash implements AutoCloseable {
    private final ReadView view;
    private final Cursor cursor;
    private final Cursor older;
    private final RevisionView version = new RevisionView();
    private final UnsafeBuffer revisionKey = KeySpace.scratch(RevisionDescriptor.KEY_LENGTH);
    private final long compactRevision;
    private final long sweptBefore;
    private final long hashRevision;
    private boolean onVersion;
    private long sum;

    /** Revision: one that is neither compacted nor in the future. */
    public HistoryHash(PageStore store, long revision) {
        view = store.pin();
        UnsafeBuffer copy = new UnsafeBuffer(new byte[PageStoreContext.STAMP_BYTES]);
        copy.putBytes(0, view.stamp(), 0, PageStoreContext.STAMP_BYTES);
        Stamp stamp = new Stamp(copy);
        compactRevision = stamp.compactRevision();
        sweptBefore = Math.min(stamp.sweptMain(), stamp.sweptTarget()); // what is at the target has stayed
        hashRevision = revision;
        cursor = view.cursor(TreeIds.REVISIONS);
        older = view.cursor(TreeIds.REVISIONS);
        onVersion = cursor.first();
    }

    public long compactRevision() {
        return compactRevision;
    }

    public long hashRevision() {
        return hashRevision;
    }

    /** Goes on for so many bytes; false when it is done. */
    public boolean add(int budgetBytes) {
        int left = budgetBytes;
        while (onVersion && left > 0) {
            Slice key = cursor.key();
            long main = RevisionDescriptor.main(key.buffer(), key.offset());
            if (main > hashRevision) {
                onVersion = false;
                break;
            }
            int sub = RevisionDescriptor.sub(key.buffer(), key.offset());
            left -= RevisionDescriptor.KEY_LENGTH + wrap(cursor);
            if (!version.isTombstone() || main >= compactRevision) {
                sum += hash(main, sub);
            }
            if (main <= compactRevision && main >= sweptBefore && version.previousMain() < compactRevision) {
                left -= withoutOlder(version.previousMain(), version.previousSub());
            }
            onVersion = cursor.next();
        }
        return onVersion;
    }

    /** Takes back the version that another one has superseded before the compact revision, if it is still there. */
    private int withoutOlder(long main, int sub) {
        RevisionDescriptor.encodeKey(revisionKey, 0, main, sub);
        if (main == 0 || !older.seek(revisionKey, 0, RevisionDescriptor.KEY_LENGTH)) {
            return 0;
        }
        Slice found = older.key();
        if (RevisionDescriptor.main(found.buffer(), found.offset()) != main
                || RevisionDescriptor.sub(found.buffer(), found.offset()) != sub) {
            return 0;
        }
        int length = wrap(older);
        if (!version.isTombstone() || main >= compactRevision) {
            sum -= hash(main, sub);
        }
        return length;
    }

    private int wrap(Cursor at) {
        Slice value = at.value();
        version.slice.wrap(value.buffer(), value.offset(), value.length());
        version.wrap();
        return value.length();
    }

    /** Of what clients can see: not of the links between versions. */
    private long hash(long main, int sub) {
        long hash = StateDigest.hash(main, version.buffer(), version.keyOffset(), version.keyLength());
        hash = StateDigest.hash(hash + sub, version.createRevision(), version.version(), version.lease());
        return StateDigest.hash(hash, version.buffer(), version.valueOffset(), version.valueLength());
    }

    /** What it has come to, in 32 bits. */
    public int value() {
        return (int) (sum ^ (sum >>> Integer.SIZE));
    }

    @Override
    public void close() {
        view.close();
    }
}
