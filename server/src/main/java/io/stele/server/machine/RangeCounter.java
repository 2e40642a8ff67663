package io.stele.server.machine;

import io.stele.storage.page.Cursor;
import io.stele.storage.page.Slice;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * How many keys a range had at a revision, without looking at them: the tree of live keys knows the number of now from
 * its branches, and what came and went since is undone, as long as that is not much.
 */
final class RangeCounter {
    private final KeySpace space;
    /** Changes that are worth undoing one by one. */
    private final int changesMax;

    private final Cursor revisionCursor;
    private final RevisionView content = new RevisionView();
    private final UnsafeBuffer seekKey = KeySpace.scratch(RevisionDescriptor.KEY_LENGTH);

    RangeCounter(KeySpace space, MachineLimits limits) {
        this.space = space;
        changesMax = limits.countedChangesMax();
        revisionCursor = space.revisions.cursor();
    }

    /** The number of keys, or -1 where only looking at them all would tell. A single key is not counted here. */
    long count(KeyRange range, long revision) {
        if (range.isSingleKey()) {
            return -1;
        }
        if (range.isEmptyRange()) {
            return 0;
        }
        long newest = space.revision();
        if (newest - revision > changesMax) {
            return -1;
        }
        long now = space.keys.countRange(
                range.buffer(),
                range.keyOffset(),
                range.keyLength(),
                range.isUnbounded() ? null : range.buffer(),
                range.endOffset(),
                range.endLength());
        if (revision == newest) {
            return now;
        }
        return undo(range, revision, now);
    }

    private long undo(KeyRange range, long revision, long now) {
        long count = now;
        RevisionDescriptor.encodeKey(seekKey, 0, revision + 1, 0);
        boolean on = revisionCursor.seek(seekKey, 0, RevisionDescriptor.KEY_LENGTH);
        for (int changes = 0; on; changes++) {
            if (changes == changesMax) {
                return -1;
            }
            Slice value = revisionCursor.value();
            content.slice.wrap(value.buffer(), value.offset(), value.length());
            content.wrap();
            boolean created = content.version() == 1;
            if ((created || content.isTombstone())
                    && range.contains(content.buffer(), content.keyOffset(), content.keyLength())) {
                count += created ? -1 : 1;
            }
            on = revisionCursor.next();
        }
        return count;
    }
}
