package io.stele.transport.client;

import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/** Reading a ring so that nothing read means that nothing is there. */
final class RingReader {
    private RingReader() {}

    /**
     * As {@link RingBuffer#read(MessageHandler, int)}, which also answers 0 when all it met was the padding at the
     * ring's end: with messages waiting at its beginning, and nobody left to wake the reader for them.
     */
    static int read(RingBuffer ring, MessageHandler handler, int limit) {
        long position = ring.consumerPosition();
        int count = ring.read(handler, limit);
        return count == 0 && ring.consumerPosition() != position ? ring.read(handler, limit) : count;
    }
}
