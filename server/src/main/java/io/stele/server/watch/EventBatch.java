package io.stele.server.watch;

import io.stele.server.machine.HistoryReader;
import io.stele.server.machine.RevisionView;
import io.stele.transport.codec.KeyValueEncoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Some events in a row, where they lie, to be handed to those who watch. The pairs from before the changes are looked
 * up and encoded when the first watcher asks for them, once for all.
 */
final class EventBatch {
    private static final int NOT_ASKED = -1;
    private static final int KEPT_LENGTH = 1024 * 1024;

    private final int eventsMax;
    private final int bytesLimit;
    private final int[] offsets;
    private final int[] previousOffsets;
    private final int[] previousLengths;
    private final RevisionView previous = new RevisionView();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final KeyValueEncoder keyValue = new KeyValueEncoder();
    private HistoryReader history;
    private DirectBuffer buffer;
    private MutableDirectBuffer previousBuffer = new ExpandableDirectByteBuffer(4096);
    private int previousEnd;
    private int bytesMax;
    private int count;
    private int bytes;

    EventBatch(int eventsMax, int bytesMax) {
        this.eventsMax = eventsMax;
        bytesLimit = bytesMax;
        this.bytesMax = bytesMax;
        offsets = new int[eventsMax];
        previousOffsets = new int[eventsMax];
        previousLengths = new int[eventsMax];
    }

    void history(HistoryReader value) {
        history = value;
    }

    /** How much the next batches hold, at most. */
    void bytesMax(int value) {
        bytesMax = Math.min(value, bytesLimit);
    }

    /** Empties it; the events to come lie in this buffer. */
    void begin(DirectBuffer events) {
        buffer = events;
        count = 0;
        bytes = 0;
        previousEnd = 0;
        if (previousBuffer.capacity() > KEPT_LENGTH) {
            previousBuffer = new ExpandableDirectByteBuffer(4096);
        }
    }

    /** Adds the record at this offset, unless the batch is full; the first one always fits. */
    boolean add(int offset) {
        int length = EventRecordDescriptor.length(buffer, offset);
        if (count == eventsMax || (count > 0 && bytes + length > bytesMax)) {
            return false;
        }
        offsets[count] = offset;
        previousOffsets[count] = NOT_ASKED;
        count++;
        bytes += length;
        return true;
    }

    int count() {
        return count;
    }

    /** Bytes of the events, with what the server keeps beside them. */
    int bytes() {
        return bytes;
    }

    DirectBuffer buffer() {
        return buffer;
    }

    long main(int event) {
        return EventRecordDescriptor.main(buffer, offsets[event]);
    }

    int sub(int event) {
        return EventRecordDescriptor.sub(buffer, offsets[event]);
    }

    boolean isLast(int event) {
        return EventRecordDescriptor.isLast(buffer, offsets[event]);
    }

    boolean isOnly(int event) {
        return EventRecordDescriptor.isOnly(buffer, offsets[event]);
    }

    boolean isDeletion(int event) {
        return EventRecordDescriptor.isDeletion(buffer, offsets[event]);
    }

    int keyOffset(int event) {
        return EventRecordDescriptor.keyOffset(offsets[event]);
    }

    int keyLength(int event) {
        return EventRecordDescriptor.keyLength(buffer, offsets[event]);
    }

    int wireOffset(int event) {
        return offsets[event] + EventRecordDescriptor.HEADER_LENGTH;
    }

    int wireLength(int event) {
        return EventRecordDescriptor.wireLength(buffer, offsets[event]);
    }

    /** Length of the pair from before the change, a KeyValue message in {@link #previousBuffer}; 0: there is none. */
    int previousLength(int event) {
        if (previousOffsets[event] == NOT_ASKED) {
            previousOffsets[event] = previousEnd;
            previousLengths[event] = encodePrevious(offsets[event]);
            previousEnd += previousLengths[event];
        }
        return previousLengths[event];
    }

    int previousOffset(int event) {
        return previousOffsets[event];
    }

    DirectBuffer previousBuffer() {
        return previousBuffer;
    }

    private int encodePrevious(int offset) {
        long main = EventRecordDescriptor.previousMain(buffer, offset);
        int sub = EventRecordDescriptor.previousSub(buffer, offset);
        if (!history.before(EventRecordDescriptor.main(buffer, offset), main, sub, previous)) {
            return 0;
        }
        keyValue.wrapAndApplyHeader(previousBuffer, previousEnd, header)
                .createRevision(previous.createRevision())
                .modRevision(history.foundMain())
                .version(previous.version())
                .lease(previous.lease());
        keyValue.putKey(previous.buffer(), previous.keyOffset(), previous.keyLength());
        keyValue.putValue(previous.buffer(), previous.valueOffset(), previous.valueLength());
        return keyValue.limit() - previousEnd;
    }
}
