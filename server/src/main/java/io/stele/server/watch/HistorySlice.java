package io.stele.server.watch;

import io.stele.server.machine.ChangeListener;
import io.stele.server.machine.HistoryReader;
import io.stele.server.machine.RevisionView;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;

/** A stretch of history, read from the page store and encoded as the {@link EventLog} is. History does not change. */
final class HistorySlice implements ChangeListener {
    private final int bytesMax;
    private final int[] offsets;
    private final EventRecordDescriptor.Encoders encoders = new EventRecordDescriptor.Encoders();
    private MutableDirectBuffer buffer;
    private int count;
    private int bytes;
    private long fromMain;
    private int fromSub;
    private long toMain;
    private int toSub;

    /** When it was used last, in the order of uses. */
    long lastUse;

    HistorySlice(int bytesMax, int eventsMax) {
        this.bytesMax = bytesMax;
        offsets = new int[eventsMax];
    }

    void clear() {
        count = 0;
    }

    boolean covers(long main, int sub) {
        return count > 0
                && !Position.isBefore(main, sub, fromMain, fromSub)
                && Position.isBefore(main, sub, toMain, toSub);
    }

    /** Reads from this place on; there is at least one event there. */
    void load(HistoryReader history, long main, int sub) {
        if (buffer == null || buffer.capacity() > 2 * bytesMax) {
            buffer = new ExpandableDirectByteBuffer(bytesMax);
        }
        count = 0;
        bytes = 0;
        fromMain = main;
        fromSub = sub;
        history.read(main, sub, offsets.length, this);
        if (count == 0) {
            throw new IllegalStateException("no history from revision " + main + " on");
        }
        int last = offsets[count - 1];
        boolean isLast = EventRecordDescriptor.isLast(buffer, last);
        toMain = EventRecordDescriptor.main(buffer, last) + (isLast ? 1 : 0);
        toSub = isLast ? 0 : EventRecordDescriptor.sub(buffer, last) + 1;
    }

    @Override
    public boolean onChange(long main, int sub, RevisionView change) {
        int length = EventRecordDescriptor.lengthOf(change);
        if (count > 0 && bytes + length > bytesMax) {
            return false;
        }
        EventRecordDescriptor.encode(buffer, bytes, main, sub, change, encoders);
        offsets[count++] = bytes;
        bytes += length;
        return true;
    }

    @Override
    public void onRevision(long main) {
        EventRecordDescriptor.markLast(buffer, offsets[count - 1]);
    }

    /** Adds the events from a place in it on, up to another one, to a batch, until that is full. */
    void fill(EventBatch batch, long main, int sub, long untilMain, int untilSub) {
        batch.begin(buffer);
        for (int i = find(main, sub); i < count; i++) {
            long eventMain = EventRecordDescriptor.main(buffer, offsets[i]);
            int eventSub = EventRecordDescriptor.sub(buffer, offsets[i]);
            if (!Position.isBefore(eventMain, eventSub, untilMain, untilSub) || !batch.add(offsets[i])) {
                return;
            }
        }
    }

    private int find(long main, int sub) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            int offset = offsets[middle];
            if (Position.isBefore(
                    EventRecordDescriptor.main(buffer, offset), EventRecordDescriptor.sub(buffer, offset), main, sub)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
