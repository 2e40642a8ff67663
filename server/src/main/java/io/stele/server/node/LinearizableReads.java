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
 *   batch:  | connectionId int64 | length int32 | request | ... |
 * </pre>
 */
final class LinearizableReads {
    /** Serves one read. */
    interface Server {
        void serve(long connectionId, DirectBuffer buffer, int offset, int length);

        /** Cannot be served here: leadership was lost while it waited. */
        void drop(long connectionId, DirectBuffer buffer, int offset, int length);
    }

    private static final int HEADER_LENGTH = Long.BYTES + Integer.BYTES;
    private static final int BATCH_INITIAL_LENGTH = 4096;

    private final ArrayDeque<Batch> waiting = new ArrayDeque<>();
    private final ArrayDeque<Batch> free = new ArrayDeque<>();
    private Batch open;
    private long nextRequestId;

    LinearizableReads(long firstRequestId) {
        nextRequestId = firstRequestId;
    }

    void add(long connectionId, DirectBuffer buffer, int offset, int length) {
        if (open == null) {
            open = free.isEmpty() ? new Batch() : free.poll();
        }
        open.add(connectionId, buffer, offset, length);
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

    void onConfirmed(long requestId, long readIndex) {
        for (Batch batch : waiting) {
            if (batch.requestId == requestId) {
                batch.readIndex = readIndex;
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
            dropped.forEach(server, false);
            recycle(dropped);
        }
    }

    /** Serves, in order, the batches that are confirmed and whose index is applied. */
    int serve(long appliedIndex, Server server) {
        int workCount = 0;
        Batch batch = waiting.peek();
        while (batch != null && batch.readIndex != Batch.UNCONFIRMED && batch.readIndex <= appliedIndex) {
            waiting.poll();
            workCount += batch.forEach(server, true);
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
            dropped.forEach(server, false);
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
        private long requestId;
        private long readIndex;

        void add(long connectionId, DirectBuffer request, int offset, int requestLength) {
            buffer.putLong(length, connectionId);
            buffer.putInt(length + Long.BYTES, requestLength);
            buffer.putBytes(length + HEADER_LENGTH, request, offset, requestLength);
            length += HEADER_LENGTH + requestLength;
        }

        int forEach(Server server, boolean confirmed) {
            int count = 0;
            int at = 0;
            while (at < length) {
                long connectionId = buffer.getLong(at);
                int requestLength = buffer.getInt(at + Long.BYTES);
                if (confirmed) {
                    server.serve(connectionId, buffer, at + HEADER_LENGTH, requestLength);
                } else {
                    server.drop(connectionId, buffer, at + HEADER_LENGTH, requestLength);
                }
                at += HEADER_LENGTH + requestLength;
                count++;
            }
            return count;
        }

        void clear() {
            length = 0;
            if (buffer.capacity() > KEPT_LENGTH_MAX) {
                buffer = new ExpandableDirectByteBuffer(BATCH_INITIAL_LENGTH);
            }
        }
    }
}
