package io.stele.server.node;

import io.stele.transport.SendResult;
import io.stele.transport.client.ClientLink;
import io.stele.transport.codec.GoodbyeReason;
import java.util.ArrayDeque;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Replies on their way to the client link.
 *
 * <p>Normally a reply goes straight into the link. When the link refuses it because the client reads too slowly, it
 * waits here, in order, with everything after it on that connection. A connection that lets more than
 * {@link #WAITING_BYTES_MAX} pile up is closed; when more than {@link #ALL_WAITING_BYTES_MAX} wait for all of them, the
 * one with the most is, so that memory stays bounded whatever clients do and those who read are served. Long lists
 * never wait here: they ask {@link #isBackPressured} before they read their next slice.
 */
final class Replies {
    /** Replies kept for one connection that does not read. */
    static final int WAITING_BYTES_MAX = 16 * 1024 * 1024;

    /** Replies kept for all of them. */
    static final int ALL_WAITING_BYTES_MAX = 64 * 1024 * 1024;

    private final ClientLink link;
    private final Long2ObjectHashMap<Waiting> waiting = new Long2ObjectHashMap<>();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private long waitingBytes;
    private long slowClientsClosed;

    Replies(ClientLink link) {
        this.link = link;
    }

    void send(long connectionId, DirectBuffer buffer, int offset, int length) {
        Waiting queue = waiting.isEmpty() ? null : waiting.get(connectionId);
        if (queue == null) {
            int result = link.send(connectionId, buffer, offset, length);
            if (result != SendResult.BACK_PRESSURED) {
                return; // queued, or the client is gone and nobody wants it
            }
            queue = new Waiting();
            waiting.put(connectionId, queue);
        }
        if (queue.isClosed) {
            return;
        }
        queue.add(buffer, offset, length);
        waitingBytes += length;
        if (queue.bytes > WAITING_BYTES_MAX) {
            close(connectionId, queue);
        }
        while (waitingBytes > ALL_WAITING_BYTES_MAX) {
            closeLargest();
        }
    }

    private void closeLargest() {
        long largestId = 0;
        Waiting largest = null;
        var entries = waiting.entrySet().iterator();
        while (entries.hasNext()) {
            entries.next();
            Waiting queue = entries.getValue();
            if (largest == null || queue.bytes > largest.bytes) {
                largest = queue;
                largestId = entries.getLongKey();
            }
        }
        close(largestId, largest);
    }

    /** What is still to come for the connection, until it is known to be gone, is thrown away. */
    private void close(long connectionId, Waiting queue) {
        drop(queue);
        queue.isClosed = true;
        slowClientsClosed++;
        link.close(connectionId, GoodbyeReason.SLOW_READER.value(), "replies are not being read");
    }

    private void drop(Waiting queue) {
        waitingBytes -= queue.bytes;
        queue.bytes = 0;
        queue.frames.clear();
    }

    /** Whether the connection would rather not be sent anything now. */
    boolean isBackPressured(long connectionId) {
        return !waiting.isEmpty() && waiting.containsKey(connectionId);
    }

    /** Tries again what the link refused. */
    int retry() {
        if (waiting.isEmpty()) {
            return 0;
        }
        int workCount = 0;
        var entries = waiting.entrySet().iterator();
        while (entries.hasNext()) {
            var entry = entries.next();
            Waiting queue = entry.getValue();
            while (!queue.frames.isEmpty()) {
                byte[] frame = queue.frames.peek();
                view.wrap(frame);
                if (link.send(entry.getKey(), view, 0, frame.length) == SendResult.BACK_PRESSURED) {
                    break;
                }
                queue.frames.poll();
                queue.bytes -= frame.length;
                waitingBytes -= frame.length;
                workCount++;
            }
            if (queue.frames.isEmpty() && !queue.isClosed) {
                entries.remove();
            }
        }
        return workCount;
    }

    void onDisconnected(long connectionId) {
        Waiting queue = waiting.remove(connectionId);
        if (queue != null) {
            drop(queue);
        }
    }

    /** Bytes that wait for all connections. */
    long waitingBytes() {
        return waitingBytes;
    }

    int waitingCount() {
        return waiting.size();
    }

    long slowClientsClosed() {
        return slowClientsClosed;
    }

    private static final class Waiting {
        private final ArrayDeque<byte[]> frames = new ArrayDeque<>();
        private long bytes;
        private boolean isClosed;

        void add(DirectBuffer buffer, int offset, int length) {
            byte[] frame = new byte[length];
            buffer.getBytes(offset, frame);
            frames.add(frame);
            bytes += length;
        }
    }
}
