package io.stele.transport.client;

import io.stele.transport.TimingsFlag;
import java.nio.ByteBuffer;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * Events of all connections on their way from the network threads to the node's: one off-heap ring. Full is a value;
 * whoever offers keeps the event and comes back.
 *
 * <pre>
 *   ring message:   type = CONNECTED | REQUEST | DISCONNECTED
 *    0                  8              16
 *   +------------------+--------------+--------------------------+
 *   |  connectionId    |  receivedNs  |  REQUEST: the frame      |
 *   +------------------+--------------+--------------------------+
 * </pre>
 *
 * {@code receivedNs}: only of requests that ask for timings, else 0.
 */
final class Ingress implements MessageHandler {
    static final int RECORD_HEADER_LENGTH = 2 * Long.BYTES;
    static final int CONNECTED = 1;
    static final int REQUEST = 2;
    static final int DISCONNECTED = 3;

    private final ByteBuffer memory;
    private final RingBuffer ring;
    private final NanoClock clock = SystemNanoClock.INSTANCE;
    private ClientHandler handler;
    private long receivedNs;

    Ingress(int capacity) {
        memory = ByteBuffer.allocateDirect(capacity + RingBufferDescriptor.TRAILER_LENGTH);
        ring = new ManyToOneRingBuffer(new UnsafeBuffer(memory));
    }

    /** When the request came that is being delivered, if it asks for timings; else 0. Polling thread. */
    long receivedNs() {
        return receivedNs;
    }

    /** Called after the last thread has left. */
    void free() {
        BufferUtil.free(memory);
    }

    boolean offer(int type, long connectionId) {
        int index = ring.tryClaim(type, RECORD_HEADER_LENGTH);
        if (index < 0) {
            return false;
        }
        ring.buffer().putLong(index, connectionId);
        ring.commit(index);
        return true;
    }

    boolean offerRequest(long connectionId, DirectBuffer frame, int offset, int length) {
        int index = ring.tryClaim(REQUEST, RECORD_HEADER_LENGTH + length);
        if (index < 0) {
            return false;
        }
        ring.buffer().putLong(index, connectionId);
        ring.buffer().putLong(index + Long.BYTES, TimingsFlag.isSet(frame, offset) ? clock.nanoTime() : 0);
        ring.buffer().putBytes(index + RECORD_HEADER_LENGTH, frame, offset, length);
        ring.commit(index);
        return true;
    }

    int poll(ClientHandler receiver, int limit) {
        handler = receiver;
        int count = RingReader.read(ring, this, limit);
        receivedNs = 0;
        return count;
    }

    @Override
    public void onMessage(int type, MutableDirectBuffer buffer, int index, int length) {
        long connectionId = buffer.getLong(index);
        receivedNs = type == REQUEST ? buffer.getLong(index + Long.BYTES) : 0;
        switch (type) {
            case CONNECTED -> handler.onConnected(connectionId);
            case REQUEST ->
                handler.onRequest(connectionId, buffer, index + RECORD_HEADER_LENGTH, length - RECORD_HEADER_LENGTH);
            case DISCONNECTED -> handler.onDisconnected(connectionId);
            default -> throw new AssertionError("event " + type);
        }
    }
}
