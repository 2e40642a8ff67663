package io.stele.transport.client;

import java.nio.ByteBuffer;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
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
 *    0                  8
 *   +------------------+--------------------------+
 *   |  connectionId    |  REQUEST: the frame      |
 *   +------------------+--------------------------+
 * </pre>
 */
final class Ingress implements MessageHandler {
    static final int RECORD_HEADER_LENGTH = Long.BYTES;
    static final int CONNECTED = 1;
    static final int REQUEST = 2;
    static final int DISCONNECTED = 3;

    private final ByteBuffer memory;
    private final RingBuffer ring;
    private ClientHandler handler;

    Ingress(int capacity) {
        memory = ByteBuffer.allocateDirect(capacity + RingBufferDescriptor.TRAILER_LENGTH);
        ring = new ManyToOneRingBuffer(new UnsafeBuffer(memory));
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
        ring.buffer().putBytes(index + RECORD_HEADER_LENGTH, frame, offset, length);
        ring.commit(index);
        return true;
    }

    int poll(ClientHandler receiver, int limit) {
        handler = receiver;
        return RingReader.read(ring, this, limit);
    }

    @Override
    public void onMessage(int type, MutableDirectBuffer buffer, int index, int length) {
        long connectionId = buffer.getLong(index);
        switch (type) {
            case CONNECTED -> handler.onConnected(connectionId);
            case REQUEST ->
                handler.onRequest(connectionId, buffer, index + RECORD_HEADER_LENGTH, length - RECORD_HEADER_LENGTH);
            case DISCONNECTED -> handler.onDisconnected(connectionId);
            default -> throw new AssertionError("event " + type);
        }
    }
}
