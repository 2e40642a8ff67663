package io.stele.server.machine;

import io.stele.index.KeyIndex;
import io.stele.index.KeyRecord;
import io.stele.storage.page.Cursor;
import io.stele.storage.page.Slice;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Fills the index from the tree of keys, in slices, after the start. What changes meanwhile is put into both, so the
 * sweep may pass a key before or after its change; until it is through, a miss in the index is asked of the tree.
 */
final class IndexWarmUp {
    private final KeySpace space;
    private final Cursor cursor;
    private final KeyRecord record = new KeyRecord();
    private final MutableDirectBuffer place = new ExpandableDirectByteBuffer(256);
    private int placeLength;

    IndexWarmUp(KeySpace space) {
        this.space = space;
        cursor = space.keys.cursor();
    }

    /** Puts {@code budget} keys at most into the index; returns how many it looked at. */
    int doWork(int budget) {
        KeyIndex index = space.index();
        if (space.isIndexComplete() || !index.isReady()) {
            return 0;
        }
        int done = 0;
        boolean on = cursor.seek(place, 0, placeLength);
        for (; on && done < budget; done++) {
            Slice key = cursor.key();
            KeyDescriptor.decode(cursor.value(), record);
            if (index.accepts(key.length()) && !index.put(key.buffer(), key.offset(), key.length(), record)) {
                placeLength = 0;
                return done;
            }
            on = cursor.next();
        }
        if (on) {
            Slice key = cursor.key();
            place.putBytes(0, key.buffer(), key.offset(), key.length());
            placeLength = key.length();
        } else {
            placeLength = 0;
            space.indexComplete(true);
        }
        return Math.max(1, done);
    }
}
