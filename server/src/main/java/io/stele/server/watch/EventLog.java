package io.stele.server.watch;

import io.stele.server.machine.ChangeListener;
import io.stele.server.machine.RevisionView;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The newest events, in the order of their revisions: a ring of bytes off heap. Each is written once, when it is
 * applied, in the form in which clients get it, however many watch. When the ring is full the oldest revisions go, as
 * wholes: whoever is further behind reads history from the page store.
 *
 * <pre>
 *        tail                                   head
 *   ------+--------+--------+--------+-----------+------       positions grow without end
 *         | rev 7  | rev 8  |  rev 9 .  .  .  .  |
 *   ------+--------+--------+--------+-----------+------
 *         firstRevision              endRevision is 10
 * </pre>
 *
 * <p>It takes up nothing, memory neither, while nobody watches.
 */
final class EventLog implements ChangeListener {
    private final int capacity;
    private final int mask;
    /** Where each revision in the log begins, by revision. */
    private final long[] positions;

    private final int positionMask;
    private final EventRecordDescriptor.Encoders encoders = new EventRecordDescriptor.Encoders();
    private UnsafeBuffer buffer;
    private long head;
    private long tail;
    private long firstRevision;
    private long endRevision;
    private int lastOffset;
    private boolean isOn;
    /** The revision being written does not fit: the log goes on after it. */
    private boolean isSkipping;

    /** Both are powers of two. */
    EventLog(int capacity, int revisionsMax) {
        if (!BitUtil.isPowerOfTwo(capacity) || !BitUtil.isPowerOfTwo(revisionsMax)) {
            throw new IllegalArgumentException("event log of " + capacity + " bytes, " + revisionsMax + " revisions");
        }
        this.capacity = capacity;
        mask = capacity - 1;
        positions = new long[revisionsMax];
        positionMask = revisionsMax - 1;
    }

    /** Keeps events from this revision on, forgetting others. */
    void begin(long nextRevision) {
        if (buffer == null) {
            buffer = new UnsafeBuffer(BufferUtil.allocateDirectAligned(capacity, Long.BYTES));
        }
        isOn = true;
        isSkipping = false;
        tail = head;
        firstRevision = nextRevision;
        endRevision = nextRevision;
    }

    void end() {
        isOn = false;
    }

    /** Whether this revision's events are here. */
    boolean has(long revision) {
        return isOn && revision >= firstRevision && revision < endRevision;
    }

    long firstRevision() {
        return firstRevision;
    }

    @Override
    public boolean onChange(long main, int sub, RevisionView change) {
        if (!isOn || isSkipping) {
            return true;
        }
        assert main == endRevision : "revision " + main + " after " + (endRevision - 1);
        int length = EventRecordDescriptor.lengthOf(change);
        if (length > capacity / 2) {
            isSkipping = true;
            return true;
        }
        int offset = (int) head & mask;
        if (capacity - offset < length) {
            if (!free(main, capacity - offset)) {
                return true;
            }
            EventRecordDescriptor.encodePadding(buffer, offset);
            head += capacity - offset;
            offset = 0;
        }
        if (!free(main, length)) {
            return true;
        }
        if (sub == 0) {
            if (endRevision - firstRevision == positions.length) {
                dropFirst();
            }
            positions[(int) main & positionMask] = head;
        }
        EventRecordDescriptor.encode(buffer, offset, main, sub, change, encoders);
        lastOffset = offset;
        head += length;
        return true;
    }

    @Override
    public void onRevision(long main) {
        if (!isOn) {
            return;
        }
        endRevision = main + 1;
        if (isSkipping) {
            isSkipping = false;
            tail = head;
            firstRevision = endRevision;
        } else {
            EventRecordDescriptor.markLast(buffer, lastOffset);
        }
    }

    /** Makes room for so many bytes; false when the revision being written takes up all there is. */
    private boolean free(long main, int length) {
        while (head + length - tail > capacity) {
            if (firstRevision >= main) {
                isSkipping = true;
                return false;
            }
            dropFirst();
        }
        return true;
    }

    private void dropFirst() {
        firstRevision++;
        tail = firstRevision < endRevision ? positions[(int) firstRevision & positionMask] : tailOfUnfinished();
    }

    private long tailOfUnfinished() {
        long begin = positions[(int) endRevision & positionMask];
        return begin >= tail && begin < head ? begin : head;
    }

    /** Adds the events from a place in the log on, up to another one, to a batch, until that is full. */
    void fill(EventBatch batch, long main, int sub, long untilMain, int untilSub) {
        assert has(main);
        long position = positions[(int) main & positionMask];
        batch.begin(buffer);
        while (position < head) {
            int offset = (int) position & mask;
            int length = EventRecordDescriptor.length(buffer, offset);
            if (length < 0) {
                position += capacity - offset;
                continue;
            }
            long eventMain = EventRecordDescriptor.main(buffer, offset);
            int eventSub = EventRecordDescriptor.sub(buffer, offset);
            boolean isEnd = !Position.isBefore(eventMain, eventSub, untilMain, untilSub);
            if (isEnd || eventMain >= endRevision) {
                return;
            }
            if ((eventMain > main || eventSub >= sub) && !batch.add(offset)) {
                return;
            }
            position += length;
        }
    }
}
