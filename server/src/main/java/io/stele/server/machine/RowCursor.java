package io.stele.server.machine;

import io.stele.index.KeyRecord;
import io.stele.storage.page.Cursor;
import io.stele.storage.page.Slice;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The keys of a range as they were at a revision, in order.
 *
 * <p>At the newest revision that is the tree of live keys. At an older one it is that tree merged with the graves, each
 * key at the version that it had then. Survives changes of the page store if it
 * is told to {@link #suspend} before them and to {@link #resume} behind.
 */
final class RowCursor {
    /** Results of {@link #next}. */
    static final int END = 0;

    static final int ROW = 1;
    /** As many keys as allowed were passed over that were not there at the revision. */
    static final int PAUSED = 2;

    private static final int LIVE = -1;
    private static final int GRAVE = 1;

    private final KeySpace space;
    private final Cursor liveCursor;
    private final Cursor graveCursor;
    private final MutableDirectBuffer resumeKey = new ExpandableDirectByteBuffer(256);
    private final RevisionView content = new RevisionView();
    private final KeyRecord row = new KeyRecord();

    private KeyRange range;
    private long revision;
    private boolean liveOn;
    private boolean graveOn;
    /** Who stands on the smallest key: {@link #LIVE} or {@link #GRAVE}; no key is both. */
    private int head;

    private boolean onRow;
    private DirectBuffer keyBuffer;
    private int keyOffset;
    private int keyLength;

    RowCursor(KeySpace space) {
        this.space = space;
        liveCursor = space.keys.cursor();
        graveCursor = space.graves.cursor();
    }

    /** Starts before the range's first row. The range must stay as it is. */
    void open(KeyRange newRange, long atRevision) {
        range = newRange;
        revision = atRevision;
        onRow = false;
        seek(newRange.buffer(), newRange.keyOffset(), newRange.keyLength());
    }

    /** Remembers the place: the row it is on is done, or it is paused. */
    void suspend() {
        int length = 0;
        if (onRow) {
            resumeKey.putBytes(0, keyBuffer, keyOffset, keyLength);
            // The first key greater than this one is this one with a zero byte behind.
            resumeKey.putByte(keyLength, (byte) 0);
            length = keyLength + 1;
        } else if (liveOn || graveOn) {
            takeHeadKey();
            resumeKey.putBytes(0, keyBuffer, keyOffset, keyLength);
            length = keyLength;
        }
        keyLength = length;
        onRow = false;
    }

    /** Goes back to the place, however the page store has changed. Not after the end. */
    void resume() {
        seek(resumeKey, 0, keyLength);
    }

    /** Moves to the next row, passing over at most so many keys that are none. */
    int next(int skipsMax) {
        int skips = skipsMax;
        if (onRow) {
            onRow = false;
            step();
        }
        while (liveOn || graveOn) {
            if (isVisible()) {
                onRow = true;
                return ROW;
            }
            step();
            if (--skips < 0) {
                head = order();
                return liveOn || graveOn ? PAUSED : END;
            }
        }
        return END;
    }

    /** Create, mod and sub-revision, version and lease of the row. */
    KeyRecord row() {
        return row;
    }

    DirectBuffer keyBuffer() {
        return keyBuffer;
    }

    int keyOffset() {
        return keyOffset;
    }

    int keyLength() {
        return keyLength;
    }

    private boolean isVisible() {
        head = order();
        takeHeadKey();
        if (head == GRAVE) {
            GraveDescriptor.decode(graveCursor.value(), row);
            return space.findOlder(row, revision, content);
        }
        KeyDescriptor.decode(liveCursor.value(), row);
        return row.modRevision <= revision || space.findOlder(row, revision, content);
    }

    private void takeHeadKey() {
        Slice key = head == GRAVE ? graveCursor.key() : liveCursor.key();
        keyBuffer = key.buffer();
        keyOffset = key.offset();
        keyLength = key.length();
    }

    private int order() {
        if (!graveOn) {
            return LIVE;
        }
        if (!liveOn) {
            return GRAVE;
        }
        Slice live = liveCursor.key();
        Slice grave = graveCursor.key();
        int order = Bytes.compare(
                live.buffer(), live.offset(), live.length(), grave.buffer(), grave.offset(), grave.length());
        return order < 0 ? LIVE : GRAVE;
    }

    private void step() {
        if (head == LIVE) {
            liveOn = liveCursor.next() && isInRange(liveCursor.key());
        } else {
            graveOn = graveCursor.next() && isInRange(graveCursor.key());
        }
    }

    private void seek(DirectBuffer key, int offset, int length) {
        boolean empty = range.isEmptyRange();
        liveOn = !empty && liveCursor.seek(key, offset, length) && isInRange(liveCursor.key());
        graveOn = !empty
                && revision < space.revision()
                && graveCursor.seek(key, offset, length)
                && isInRange(graveCursor.key());
    }

    private boolean isInRange(Slice key) {
        return range.isBeforeEnd(key.buffer(), key.offset(), key.length());
    }
}
