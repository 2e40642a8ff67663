package io.stele.server.node;

import java.util.ArrayDeque;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;

/**
 * Reads that wait for their read index.
 *
 * <p>All reads taken from clients in one duty cycle form a batch and share one request id; the batch is served when the
 * core has confirmed the id and the state machine has applied the index it came with. Batches are confirmed in any
 * order and kept in the order of their ids. Requests are copied: the ingress buffer is only valid during the poll.
 *
 * <pre>
 *   batch:  | connectionId int64 | receivedNs int64 | takenNs int64 | length int32 | request | ... |
 * </pre>
 */
final class LinearizableReads {
    /** Serves one read. */
    interface Server {
        void serve(long connectionId, DirectBuffer buffer, int offset, int length);

        /** Cannot be served here: leadership was lost while it waited. */
        void drop(long connectionId, DirectBuffer buffer, int offset, int length);
    }

    private static final int HEADER_LENGTH = 3 * Long.BYTES + Integer.BYTES;
    private static final int BATCH_INITIAL_LENGTH = 4096;

    private final ArrayDeque<Batch> waiting = new ArrayDeque<>();
    private final ArrayDeque<Batch> free = new ArrayDeque<>();
    private final StageTimes times = new StageTimes();
    private Batch open;
    private long nextRequestId;
    private long receivedNs;
    private long takenNs;

    LinearizableReads(long firstRequestId) {
        nextRequestId = firstRequestId;
    }

    /** Said of the next read that is added: it arrived at {@code received}, 0 if it does not ask for timings. */
    void times(long received, long taken) {
        receivedNs = received;
        takenNs = taken;
    }

    /** Of the read that is being served. */
    StageTimes times() {
        return times;
    }

    void add(long connectionId, DirectBuffer buffer, int offset, int length) {
        if (open == null) {
            open = free.isEmpty() ? new Batch() : free.poll();
        }
        open.add(connectionId, receivedNs, takenNs, buffer, offset, length);
        receivedNs = 0;
    }

    /** Whether reads were added since the last {@link #closeBatch}. */
    boolean hasOpenBatch() {
        return open != null;
    }

    /** Ends the batch; its id is to be requested from the core. */
    long closeBatch() {
        open.requestId = nextRequestId++;
        open.readIndex = Batch.UNCONFIRMED;
        waiting.add(open);
        open = null;
        return nextRequestId - 1;
    }

    void onConfirmed(long requestId, long readIndex, long nowNs) {
        Batch oldest = waiting.peek();
        if (oldest != null && oldest.requestId == requestId) {
            oldest.confirm(readIndex, nowNs); // nearly always, and without an iterator
            return;
        }
        for (Batch batch : waiting) {
            if (batch.requestId == requestId) {
                batch.confirm(readIndex, nowNs);
                return;
            }
        }
    }

    void onDropped(long requestId, Server server) {
        Batch dropped = null;
        for (Batch batch : waiting) {
            if (batch.requestId == requestId) {
                dropped = batch;
            }
        }
        if (dropped != null) {
            waiting.remove(dropped);
            dropped.forEach(server, times, false);
            recycle(dropped);
        }
    }

    /** Serves, in order, the batches that are confirmed and whose index is applied. */
    int serve(long appliedIndex, Server server) {
        int workCount = 0;
        Batch batch = waiting.peek();
        while (batch != null && batch.readIndex != Batch.UNCONFIRMED && batch.readIndex <= appliedIndex) {
            // It stays here if a damaged page ends that: the rest is dropped.
            workCount += batch.forEach(server, times, true);
            waiting.poll();
            recycle(batch);
            batch = waiting.peek();
        }
        return workCount;
    }

    /** None of them can be served here. */
    void dropAll(Server server) {
        if (open != null) {
            closeBatch();
        }
        while (!waiting.isEmpty()) {
            Batch dropped = waiting.poll();
            dropped.forEach(server, times, false);
            recycle(dropped);
        }
    }

    int waitingCount() {
        return waiting.size();
    }

    private void recycle(Batch batch) {
        batch.clear();
        free.add(batch);
    }

    private static final class Batch {
        private static final long UNCONFIRMED = -1;
        private static final int KEPT_LENGTH_MAX = 1024 * 1024;

        private ExpandableDirectByteBuffer buffer = new ExpandableDirectByteBuffer(BATCH_INITIAL_LENGTH);
        private int length;

        /** Up to where its reads have been taken up. */
        private int position;

        private long requestId;
        private long readIndex;
        private long confirmedNs;

        void add(long connectionId, long received, long taken, DirectBuffer request, int offset, int requestLength) {
            buffer.putLong(length, connectionId);
            buffer.putLong(length + Long.BYTES, received);
            buffer.putLong(length + 2 * Long.BYTES, taken);
            buffer.putInt(length + 3 * Long.BYTES, requestLength);
            buffer.putBytes(length + HEADER_LENGTH, request, offset, requestLength);
            length += HEADER_LENGTH + requestLength;
        }

        void confirm(long index, long nowNs) {
            readIndex = index;
            confirmedNs = nowNs;
        }

        int forEach(Server server, StageTimes times, boolean confirmed) {
            int count = 0;
            while (position < length) {
                int at = position;
                long connectionId = buffer.getLong(at);
                int requestLength = buffer.getInt(at + 3 * Long.BYTES);
                position += HEADER_LENGTH + requestLength;
                if (confirmed) {
                    times.set(buffer.getLong(at + Long.BYTES), buffer.getLong(at + 2 * Long.BYTES), confirmedNs);
                    server.serve(connectionId, buffer, at + HEADER_LENGTH, requestLength);
                } else {
                    server.drop(connectionId, buffer, at + HEADER_LENGTH, requestLength);
                }
                count++;
            }
            return count;
        }

        void clear() {
            length = 0;
            position = 0;
            if (buffer.capacity() > KEPT_LENGTH_MAX) {
                buffer = new ExpandableDirectByteBuffer(BATCH_INITIAL_LENGTH);
            }
        }
    }
}
