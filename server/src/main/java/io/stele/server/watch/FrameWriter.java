package io.stele.server.watch;

import io.stele.transport.codec.EventFlagsEncoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.ReplyFlagsEncoder;
import io.stele.transport.codec.WatchEventsEncoder;
import java.nio.ByteOrder;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Makes frames of a lane: events in a row that the same watchers want share one, whatever their revisions.
 *
 * <pre>
 *   lane:    e1 A  e1 B  e2 A  e2 B  e3 B
 *   frames:  WatchEvents{A, B} e1 e2      WatchEvents{B} e3
 * </pre>
 *
 * <p>A frame that ends within a revision of which one of its watchers is still to get something is flagged as a
 * fragment; then its watchers are open until they get a frame without the flag, or a later revision.
 */
final class FrameWriter {
    /** Every event of the lane was sent. */
    static final int ALL_SENT = -1;

    /** Watchers named in one frame; more of them get frames of their own. */
    private static final int TARGETS_MAX = 4096;

    private static final int FIRST_LENGTH = 128 * 1024;
    private static final int KEPT_LENGTH = 512 * 1024;
    private static final long NONE = -1;

    private final WatchOutput output;
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final WatchEventsEncoder events = new WatchEventsEncoder();
    /** A frame is sent when the next event would make it longer; an event is never cut. */
    private final int frameBytes;

    private MutableDirectBuffer frame = new ExpandableDirectByteBuffer(FIRST_LENGTH);
    private int length;

    private Pass pass;
    private Lane lane;
    private EventBatch batch;
    private boolean withPrevious;
    /** The batch ends within this revision. */
    private long incompleteMain;

    private int runFrom;
    private int runTo;
    private int runEvents;
    private int lastEvent;

    FrameWriter(WatchOutput output, int frameBytes) {
        this.output = output;
        this.frameBytes = frameBytes;
    }

    /**
     * Sends what a lane has of a batch up to before {@code endEvent}. Returns the first match that could not be sent,
     * or {@link #ALL_SENT}.
     */
    int write(Pass forPass, WatchSession session, boolean previous, EventBatch of, int endEvent, long nowNs) {
        pass = forPass;
        lane = previous ? session.withPrevious : session.plain;
        batch = of;
        withPrevious = previous;
        incompleteMain = batch.isLast(endEvent - 1) ? NONE : batch.main(endEvent - 1);
        long countedMain = NONE;
        runEvents = 0;
        int i = 0;
        while (i < lane.count()) {
            int event = lane.event(i);
            int next = Math.min(lane.endOfEvent(i), i + TARGETS_MAX);
            if (!batch.isOnly(event) && batch.main(event) != countedMain) {
                countedMain = batch.main(event);
                countPending(i, countedMain);
            }
            if (runEvents > 0 && !goesOn(i, next, event) && !endRun(session, nowNs)) {
                return runFrom;
            }
            if (runEvents == 0) {
                beginRun(i, next);
            }
            append(event, i, next);
            i = next;
        }
        return runEvents == 0 || endRun(session, nowNs) ? ALL_SENT : runFrom;
    }

    /** Tells a watcher that nothing more comes of its open revision; false if there is no room for that. */
    boolean close(Watcher watcher) {
        begin(1);
        putId(0, watcher.watchId);
        finish(watcher.openRevision, 0, false);
        if (!output.send(watcher.session.connectionId, frame, 0, length)) {
            return false;
        }
        watcher.openRevision = 0;
        return true;
    }

    /** How many events of a revision each watcher is to get; those of one revision follow each other in the lane. */
    private void countPending(int from, long main) {
        int to = from;
        while (to < lane.count() && batch.main(lane.event(to)) == main) {
            lane.watcher(to++).pendingCount = 0;
        }
        for (int i = from; i < to; i++) {
            lane.watcher(i).pendingCount++;
        }
    }

    private boolean goesOn(int from, int to, int event) {
        return length + lengthOf(event) <= frameBytes && lane.isSame(runFrom, runTo, from, to);
    }

    private int lengthOf(int event) {
        return batch.wireLength(event) + (withPrevious ? batch.previousLength(event) : 0);
    }

    private void beginRun(int from, int to) {
        runFrom = from;
        runTo = to;
        begin(to - from);
        for (int i = from; i < to; i++) {
            putId(i - from, lane.watcher(i).watchId);
        }
    }

    private void append(int event, int from, int to) {
        int previousLength = withPrevious ? batch.previousLength(event) : 0;
        frame.putBytes(length, batch.buffer(), batch.wireOffset(event), batch.wireLength(event));
        if (previousLength > 0) {
            int flagsAt = length + EventRecordDescriptor.WIRE_FLAGS;
            frame.putByte(flagsAt, EventFlagsEncoder.previous(frame.getByte(flagsAt), true));
        }
        length += batch.wireLength(event);
        if (previousLength > 0) {
            frame.putBytes(length, batch.previousBuffer(), batch.previousOffset(event), previousLength);
            length += previousLength;
        }
        if (!batch.isOnly(event)) {
            for (int i = from; i < to; i++) {
                lane.watcher(i).pendingCount--;
            }
        }
        lastEvent = event;
        runEvents++;
    }

    private boolean endRun(WatchSession session, long nowNs) {
        long main = batch.main(lastEvent);
        boolean isFragment = main == incompleteMain || (!batch.isOnly(lastEvent) && isAnyPending());
        finish(main, runEvents, isFragment);
        if (!output.send(session.connectionId, frame, 0, length)) {
            return false;
        }
        runEvents = 0;
        for (int i = runFrom; i < runTo; i++) {
            Watcher watcher = lane.watcher(i);
            watcher.sentNs = nowNs;
            if (isFragment) {
                if (watcher.openRevision == 0) {
                    pass.open.add(watcher);
                }
                watcher.openRevision = main;
            } else {
                watcher.openRevision = 0;
            }
        }
        return true;
    }

    private boolean isAnyPending() {
        for (int i = runFrom; i < runTo; i++) {
            if (lane.watcher(i).pendingCount > 0) {
                return true;
            }
        }
        return false;
    }

    private void begin(int idCount) {
        if (frame.capacity() > KEPT_LENGTH) {
            frame = new ExpandableDirectByteBuffer(FIRST_LENGTH);
        }
        events.wrapAndApplyHeader(frame, 0, header);
        int idsAt = events.limit() + WatchEventsEncoder.watchIdsHeaderLength();
        frame.putInt(events.limit(), idCount * Long.BYTES, ByteOrder.LITTLE_ENDIAN);
        length = idsAt + idCount * Long.BYTES;
    }

    private void putId(int i, long watchId) {
        int at = MessageHeaderEncoder.ENCODED_LENGTH
                + WatchEventsEncoder.BLOCK_LENGTH
                + WatchEventsEncoder.watchIdsHeaderLength();
        frame.putLong(at + i * Long.BYTES, watchId, ByteOrder.LITTLE_ENDIAN);
    }

    private void finish(long revision, int eventCount, boolean isFragment) {
        events.wrap(frame, MessageHeaderEncoder.ENCODED_LENGTH)
                .correlationId(0)
                .revision(revision)
                .raftTerm(output.raftTerm())
                .eventCount(eventCount)
                .fragment((short) (isFragment ? 1 : 0));
        frame.putByte(
                MessageHeaderEncoder.ENCODED_LENGTH + WatchEventsEncoder.flagsEncodingOffset(),
                ReplyFlagsEncoder.partial((byte) 0, true));
    }
}
