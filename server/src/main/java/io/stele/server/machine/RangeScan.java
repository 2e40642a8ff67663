package io.stele.server.machine;

import io.stele.index.KeyRecord;
import io.stele.transport.ApiError;
import io.stele.transport.codec.ErrorCode;
import io.stele.transport.codec.SortOrder;
import io.stele.transport.codec.SortTarget;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/**
 * A range read in slices, all at one revision, while the state machine goes on applying between them. Each slice is one
 * RangeReply; nothing but the place and, for an unusual order, the order is kept from one to the next.
 *
 * <p>It reads versions, not a frozen copy: changes behind it are newer versions that it does not look at, and the
 * physical removal of compacted versions stops at the revision of the oldest scan that is open. So close it.
 */
public final class RangeScan implements AutoCloseable {
    private static final byte[] TOO_MANY_TO_SORT = "stele: too many keys to sort".getBytes(StandardCharsets.US_ASCII);

    /** What a scan is at. */
    private enum State {
        /** Delivers rows in the order of their keys, or counts them. */
        ROWS,
        /** Collects rows to be sorted. */
        COLLECTING,
        SORTING,
        /** Delivers sorted rows. */
        SORTED,
        DONE
    }

    private final KeySpace space;
    private final MachineLimits limits;
    private final SortRoom sortRoom;
    private final RangeQuery query = new RangeQuery();
    private final RowCursor cursor;
    private final RangeCounter counter;
    private final RevisionView content = new RevisionView();

    private StateMachine owner;
    private SortedRows sortedRows;
    private State state = State.DONE;
    private boolean suspended;
    private long revision;
    private long headerRevision;
    /** Keys in the range, or -1 while they are being counted. */
    private long knownCount;

    private long rowsSeen;
    private long matched;
    private boolean more;
    private int sortedPosition;
    private int frameRows;

    RangeScan(KeySpace space, MachineLimits limits, SortRoom sortRoom) {
        this.space = space;
        this.limits = limits;
        this.sortRoom = sortRoom;
        cursor = new RowCursor(space);
        counter = new RangeCounter(space, limits);
    }

    RangeQuery query() {
        return query;
    }

    /** Starts what {@link #query} says. Returns why it cannot, or null. */
    ApiError open() {
        headerRevision = space.revision();
        if (query.revision > headerRevision) {
            return ApiError.FUTURE_REVISION;
        }
        revision = query.revision <= 0 ? headerRevision : query.revision;
        if (revision < space.compactRevision()) {
            return ApiError.COMPACTED;
        }
        rowsSeen = 0;
        matched = 0;
        more = false;
        suspended = false;
        knownCount = counter.count(query.range(), revision);
        if (query.countOnly && knownCount >= 0) {
            state = State.SORTED;
            sortedPosition = 0;
            sortedRows = null;
            return null;
        }
        cursor.open(query.range(), revision);
        boolean sorted = query.isSorted() && !query.countOnly;
        state = sorted ? State.COLLECTING : State.ROWS;
        sortedRows = sorted ? new SortedRows(space) : null;
        sortedPosition = 0;
        return null;
    }

    void owner(StateMachine machine) {
        owner = machine;
    }

    /** The revision that is being read. */
    public long revision() {
        return revision;
    }

    public boolean isDone() {
        return state == State.DONE;
    }

    public long correlationId() {
        return query.correlationId;
    }

    /**
     * Writes the next slice, of about so many bytes, into {@code reply}. Returns whether there are more. A slice of a
     * scan that looks at much and delivers little may be empty: nothing is written then.
     */
    public boolean next(ReplyEncoder reply, int bytes) {
        if (state == State.DONE) {
            throw new IllegalStateException("scan is over");
        }
        return !run(reply, bytes, limits.scanRowsPerSlice(), false);
    }

    /** Ends the scan. Its resources are used for the next one. */
    @Override
    public void close() {
        state = State.DONE;
        if (sortedRows != null) {
            sortRoom.giveBack(sortedRows.count());
            sortedRows = null;
        }
        if (owner != null) {
            StateMachine machine = owner;
            owner = null;
            machine.release(this);
        }
    }

    /** Returns true when the range is complete. */
    boolean run(ReplyEncoder reply, int bytes, int rows, boolean nested) {
        int at = reply.beginRange(nested ? 0 : query.correlationId, headerRevision, nested);
        int bytesEnd = bytes > Integer.MAX_VALUE - at ? Integer.MAX_VALUE : at + bytes;
        frameRows = 0;
        if (suspended) {
            cursor.resume();
            suspended = false;
        }
        switch (state) {
            case ROWS -> deliver(reply, bytesEnd, rows);
            case COLLECTING -> {
                if (!collect(rows)) {
                    refuse(reply, nested);
                    state = State.DONE;
                    return true;
                }
                sort(reply, bytesEnd, rows);
            }
            case SORTING -> sort(reply, bytesEnd, rows);
            case SORTED -> deliverSorted(reply, bytesEnd);
            case DONE -> throw new IllegalStateException("scan is over");
        }
        if (state == State.DONE) {
            reply.endRange(at, frameRows, knownCount >= 0 ? knownCount : rowsSeen, more, false);
        } else if (frameRows > 0) {
            reply.endRange(at, frameRows, 0, false, true);
        } else {
            reply.cancel(at);
        }
        return state == State.DONE;
    }

    private void refuse(ReplyEncoder reply, boolean nested) {
        if (nested) {
            reply.overflow();
        } else {
            reply.error(ErrorCode.RESOURCE_EXHAUSTED, TOO_MANY_TO_SORT, query.correlationId, headerRevision, true);
        }
    }

    private void deliver(ReplyEncoder reply, int bytesEnd, int rows) {
        for (int seen = 0; seen < rows && reply.length() < bytesEnd; seen++) {
            int result = cursor.next(rows - seen);
            if (result == RowCursor.END) {
                state = State.DONE;
                return;
            }
            if (result == RowCursor.PAUSED) {
                break;
            }
            rowsSeen++;
            if (reply.isOverflowed() || (onRow(reply) && knownCount >= 0)) {
                state = State.DONE;
                return;
            }
        }
        suspend();
    }

    /** Returns true when no further row will be delivered. */
    private boolean onRow(ReplyEncoder reply) {
        KeyRecord row = cursor.row();
        if (more || query.countOnly || !query.accepts(row.modRevision, row.createRevision)) {
            return more;
        }
        if (matched == query.pairLimit) {
            more = true;
            return true;
        }
        matched++;
        frameRows++;
        if (query.keysOnly) {
            encodeKey(reply, cursor.keyBuffer(), cursor.keyOffset(), cursor.keyLength(), row);
        } else {
            reply.keyValue(space.content(row.modRevision, row.modSubRevision, content), row.modRevision);
        }
        return false;
    }

    private boolean collect(int rows) {
        long wanted = query.sortedRowsWanted();
        for (int seen = 0; seen < rows; seen++) {
            // Beyond what is wanted the rest of the range is looked at only if it is not known how many keys it has.
            boolean isFull = sortedRows.count() >= wanted;
            int result = isFull && knownCount >= 0 ? RowCursor.END : cursor.next(rows - seen);
            if (result == RowCursor.END) {
                finishCollecting();
                return true;
            }
            if (result == RowCursor.PAUSED) {
                break;
            }
            KeyRecord row = cursor.row();
            rowsSeen++;
            if (!isFull && query.accepts(row.modRevision, row.createRevision)) {
                if (!sortRoom.take()) {
                    return false;
                }
                sortedRows.add(row.modRevision, row.modSubRevision, sortKey(row));
            }
        }
        suspend();
        return true;
    }

    private void finishCollecting() {
        sortedRows.order(query.sortTarget, query.sortOrder == SortOrder.DESCEND.value());
        more = sortedRows.count() > query.pairLimit;
        state = State.SORTING;
    }

    private void sort(ReplyEncoder reply, int bytesEnd, int steps) {
        if (state == State.SORTING && sortedRows.sort(steps)) {
            state = State.SORTED;
            deliverSorted(reply, bytesEnd);
        }
    }

    private void deliverSorted(ReplyEncoder reply, int bytesEnd) {
        long total = sortedRows == null ? 0 : Math.min(sortedRows.count(), query.pairLimit);
        while (sortedPosition < total && reply.length() < bytesEnd && !reply.isOverflowed()) {
            long main = sortedRows.main(sortedPosition);
            space.content(main, sortedRows.sub(sortedPosition), content);
            sortedPosition++;
            frameRows++;
            if (query.keysOnly) {
                reply.keyOnly(
                        content.buffer(),
                        content.keyOffset(),
                        content.keyLength(),
                        content.createRevision(),
                        main,
                        content.version(),
                        query.omitsLease() ? 0 : content.lease());
            } else {
                reply.keyValue(content, main);
            }
        }
        if (sortedPosition >= total || reply.isOverflowed()) {
            state = State.DONE;
        }
    }

    private void encodeKey(ReplyEncoder reply, DirectBuffer key, int offset, int length, KeyRecord row) {
        long lease = query.omitsLease() ? 0 : row.lease;
        reply.keyOnly(key, offset, length, row.createRevision, row.modRevision, row.version, lease);
    }

    private void suspend() {
        cursor.suspend();
        suspended = true;
    }

    private long sortKey(KeyRecord row) {
        if (query.sortTarget == SortTarget.VERSION.value()) {
            return row.version;
        }
        return query.sortTarget == SortTarget.CREATE.value() ? row.createRevision : row.modRevision;
    }
}
