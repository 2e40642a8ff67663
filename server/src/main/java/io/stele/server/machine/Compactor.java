package io.stele.server.machine;

import io.stele.index.KeyRecord;
import io.stele.storage.page.Cursor;
import io.stele.storage.page.Slice;
import io.stele.transport.ApiError;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Gives up history. {@link #compact} takes effect at once, for readers; the versions go in slices, in the background.
 *
 * <p>The sweep walks the revisions from the last target to the new one. For each version that it meets, the next older
 * version of the same key is superseded at or before the target: it goes. The version itself goes if it is a tombstone
 * before the target. All that is exactly at the target stays, even what was superseded within it, because a watch may
 * begin there; so the next sweep starts there again. The place is in the stamp, so a sweep goes on after a restart;
 * doing a part of it twice is harmless.
 */
final class Compactor {
    private static final int BATCH_MAX = 128;

    private final KeySpace space;
    private final Stamp stamp;
    private final Cursor revisionCursor;
    private final RevisionView content = new RevisionView();
    private final KeyBatch batch = new KeyBatch();
    private final long[] batchMain = new long[BATCH_MAX];
    private final int[] batchSub = new int[BATCH_MAX];
    private final boolean[] batchTombstone = new boolean[BATCH_MAX];
    private final long[] batchPreviousMain = new long[BATCH_MAX];
    private final int[] batchPreviousSub = new int[BATCH_MAX];
    private final Slice graveValue = new Slice();
    private final KeyRecord grave = new KeyRecord();
    private final UnsafeBuffer revisionKey = KeySpace.scratch(RevisionDescriptor.KEY_LENGTH);

    Compactor(KeySpace space, Stamp stamp) {
        this.space = space;
        this.stamp = stamp;
        revisionCursor = space.revisions.cursor();
    }

    /** Makes a revision the oldest one that is readable. Returns why it cannot, or null. */
    ApiError compact(long revision) {
        if (revision <= stamp.compactRevision()) {
            return ApiError.COMPACTED;
        }
        if (revision > space.revision()) {
            return ApiError.FUTURE_REVISION;
        }
        stamp.compactRevision(revision);
        return null;
    }

    /** Whether the versions that a compaction at this revision gave up are gone. */
    boolean isSwept(long revision) {
        return stamp.sweptTarget() >= revision && stamp.sweptMain() > stamp.sweptTarget();
    }

    /** Whether {@link #sweep} would look at anything. */
    boolean hasWork(long holdRevision) {
        long target = Math.min(stamp.compactRevision(), holdRevision);
        return target > stamp.sweptTarget() || stamp.sweptMain() <= stamp.sweptTarget();
    }

    /**
     * Looks at {@code budget} versions at most, removing what may go without changing what is readable at {@code
     * holdRevision} or after. Returns how many it looked at.
     */
    int sweep(int budget, long holdRevision) {
        retarget(Math.min(stamp.compactRevision(), holdRevision));
        long target = stamp.sweptTarget();
        int done = 0;
        while (done < budget && stamp.sweptMain() <= target) {
            int count = collect(target, Math.min(BATCH_MAX, budget - done));
            for (int i = 0; i < count; i++) {
                removeOlder(i, target);
                if (batchTombstone[i] && batchMain[i] < target) {
                    removeTombstone(i);
                }
            }
            if (count == 0) {
                stamp.swept(target + 1, 0);
            } else {
                stamp.swept(batchMain[count - 1], batchSub[count - 1] + 1);
            }
            done += count;
        }
        return done;
    }

    private void retarget(long target) {
        long previous = stamp.sweptTarget();
        if (target > previous) {
            if (stamp.sweptMain() >= previous) {
                stamp.swept(Math.max(previous, 0), 0);
            }
            stamp.sweptTarget(target);
        }
    }

    private int collect(long target, int max) {
        batch.clear();
        int count = 0;
        RevisionDescriptor.encodeKey(revisionKey, 0, stamp.sweptMain(), stamp.sweptSub());
        boolean on = revisionCursor.seek(revisionKey, 0, RevisionDescriptor.KEY_LENGTH);
        while (on && count < max && !batch.isFull()) {
            Slice key = revisionCursor.key();
            long main = RevisionDescriptor.main(key.buffer(), key.offset());
            if (main > target) {
                break;
            }
            Slice value = revisionCursor.value();
            content.slice.wrap(value.buffer(), value.offset(), value.length());
            content.wrap();
            batchMain[count] = main;
            batchSub[count] = RevisionDescriptor.sub(key.buffer(), key.offset());
            batchTombstone[count] = content.isTombstone();
            batchPreviousMain[count] = content.previousMain();
            batchPreviousSub[count] = content.previousSub();
            batch.add(content.buffer(), content.keyOffset(), content.keyLength());
            count++;
            on = revisionCursor.next();
        }
        return count;
    }

    /** It may have gone before: in a sweep that was cut short, or as a tombstone. */
    private void removeOlder(int i, long target) {
        if (batchPreviousMain[i] != 0 && batchPreviousMain[i] < target) {
            removeRevision(batchPreviousMain[i], batchPreviousSub[i]);
        }
    }

    private void removeTombstone(int i) {
        removeRevision(batchMain[i], batchSub[i]);
        if (space.graves.get(batch.buffer(), batch.offset(i), batch.length(i), graveValue)) {
            GraveDescriptor.decode(graveValue, grave);
            // A key may have been created and deleted again since: then its grave is that of a later deletion.
            if (grave.modRevision == batchMain[i] && grave.modSubRevision == batchSub[i]) {
                space.graves.remove(batch.buffer(), batch.offset(i), batch.length(i));
            }
        }
    }

    private void removeRevision(long main, int sub) {
        RevisionDescriptor.encodeKey(revisionKey, 0, main, sub);
        space.revisions.remove(revisionKey, 0, RevisionDescriptor.KEY_LENGTH);
    }
}
