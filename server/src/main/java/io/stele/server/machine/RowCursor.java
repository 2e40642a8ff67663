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
 * <p>At the newest revision that is the tree of live keys. At an older one it is that tree, without what is newer,
 * merged with the history tree, for what has been changed or deleted since. Survives changes of the page store if it
 * is told to {@link #suspend} before them and to {@link #resume} behind.
 */
final class RowCursor {
    /** Results of {@link #next}. */
    static final int END = 0;

    static final int ROW = 1;
    /** As many keys as allowed were passed over that were not there at the revision. */
    static final int PAUSED = 2;

    private static final int LIVE_ONLY = -1;
    private static final int HISTORY_ONLY = 1;

    private final KeySpace space;
    private final Cursor liveCursor;
    private final HistoryCursor historyCursor;
    private final MutableDirectBuffer resumeKey = new ExpandableDirectByteBuffer(256);
    private final RevisionView content = new RevisionView();
    private final KeyRecord row = new KeyRecord();

    private KeyRange range;
    private long revision;
    private boolean liveOn;
    private boolean historyOn;
    /** Who stands on the smallest key: {@link #LIVE_ONLY}, {@link #HISTORY_ONLY}, or 0 for both. */
    private int head;

    private boolean onRow;
    private DirectBuffer keyBuffer;
    private int keyOffset;
    private int keyLength;

    RowCursor(KeySpace space) {
        this.space = space;
        liveCursor = space.keys.cursor();
        historyCursor = new HistoryCursor(space.history);
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
        } else if (liveOn || historyOn) {
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
        while (liveOn || historyOn) {
            if (isVisible()) {
                onRow = true;
                return ROW;
            }
            step();
            if (--skips < 0) {
                head = order();
                return liveOn || historyOn ? PAUSED : END;
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
        if (head != HISTORY_ONLY) {
            KeyDescriptor.decode(liveCursor.value(), row);
            if (row.modRevision <= revision) {
                return true;
            }
        }
        if (head == LIVE_ONLY || !historyCursor.findVersion(revision)) {
            return false;
        }
        row.modRevision = historyCursor.main();
        row.modSubRevision = historyCursor.sub();
        space.fill(row, content);
        return true;
    }

    private void takeHeadKey() {
        if (head == HISTORY_ONLY) {
            keyBuffer = historyCursor.key();
            keyOffset = 0;
            keyLength = historyCursor.keyLength();
        } else {
            Slice key = liveCursor.key();
            keyBuffer = key.buffer();
            keyOffset = key.offset();
            keyLength = key.length();
        }
    }

    private int order() {
        if (!historyOn) {
            return LIVE_ONLY;
        }
        if (!liveOn) {
            return HISTORY_ONLY;
        }
        Slice key = liveCursor.key();
        return Integer.signum(Bytes.compare(
                key.buffer(), key.offset(), key.length(), historyCursor.key(), 0, historyCursor.keyLength()));
    }

    private void step() {
        if (head != HISTORY_ONLY) {
            liveOn = liveCursor.next() && isLiveInRange();
        }
        if (head != LIVE_ONLY) {
            historyOn = historyCursor.nextKey() && isHistoryInRange();
        }
    }

    private void seek(DirectBuffer key, int offset, int length) {
        boolean empty = range.isEmptyRange();
        liveOn = !empty && liveCursor.seek(key, offset, length) && isLiveInRange();
        historyOn =
                !empty && revision < space.revision() && historyCursor.seek(key, offset, length) && isHistoryInRange();
    }

    private boolean isLiveInRange() {
        Slice key = liveCursor.key();
        return range.isBeforeEnd(key.buffer(), key.offset(), key.length());
    }

    private boolean isHistoryInRange() {
        return range.isBeforeEnd(historyCursor.key(), 0, historyCursor.keyLength());
    }
}
