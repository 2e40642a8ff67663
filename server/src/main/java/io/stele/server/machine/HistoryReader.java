package io.stele.server.machine;

import io.stele.storage.page.Cursor;
import io.stele.storage.page.Slice;
import org.agrona.concurrent.UnsafeBuffer;

/** Tells again what was changed, from any revision on that is not compacted. Keeps no place: each call seeks. */
public final class HistoryReader {
    private final KeySpace space;
    private final Cursor cursor;
    private final RevisionView change = new RevisionView();
    private final UnsafeBuffer revisionKey = KeySpace.scratch(RevisionDescriptor.KEY_LENGTH);

    private long foundMain;

    HistoryReader(KeySpace space) {
        this.space = space;
        cursor = space.revisions.cursor();
    }

    /**
     * Tells of the changes from {@code (main, sub)} on until the listener has had enough or {@code changesMax} were
     * told. The first of them must not be compacted.
     */
    public void read(long main, int sub, int changesMax, ChangeListener listener) {
        if (main < space.compactRevision()) {
            throw new IllegalArgumentException("revision " + main + " is compacted");
        }
        RevisionDescriptor.encodeKey(revisionKey, 0, main, sub);
        boolean on = cursor.seek(revisionKey, 0, RevisionDescriptor.KEY_LENGTH);
        long expected = main;
        int told = 0;
        while (on) {
            Slice key = cursor.key();
            long changeMain = RevisionDescriptor.main(key.buffer(), key.offset());
            if (changeMain > expected) {
                if (told == 0 || changeMain > expected + 1) {
                    throw new IllegalStateException("history goes on at " + changeMain + " after " + expected);
                }
                listener.onRevision(expected);
                expected = changeMain;
            }
            if (told == changesMax) {
                return;
            }
            int changeSub = RevisionDescriptor.sub(key.buffer(), key.offset());
            Slice value = cursor.value();
            change.slice.wrap(value.buffer(), value.offset(), value.length());
            if (!listener.onChange(changeMain, changeSub, change.wrap())) {
                return;
            }
            told++;
            on = cursor.next();
        }
        listener.onRevision(expected);
    }

    /** Mod revision of what {@link #before} has found. */
    public long foundMain() {
        return foundMain;
    }

    /**
     * From a version of a key, goes back to the one before {@code revision}: false if the key did not exist then, or if
     * that is compacted. The place is that of the version before a change, 0 if there is none.
     */
    public boolean before(long revision, long main, int sub, RevisionView into) {
        if (revision <= space.compactRevision()) {
            return false;
        }
        long atMain = main;
        int atSub = sub;
        while (atMain >= revision) { // a revision may change a key more than once
            space.content(atMain, atSub, into);
            if (into.isPreviousTombstone() && into.previousMain() < revision) {
                return false; // that tombstone may be gone
            }
            atMain = into.previousMain();
            atSub = into.previousSub();
        }
        foundMain = atMain;
        if (atMain > 0) {
            space.content(atMain, atSub, into);
        }
        return atMain > 0;
    }
}
