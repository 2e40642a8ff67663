package io.stele.transport.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.junit.jupiter.api.Test;

class RingReaderTest {
    private static final int CAPACITY = 1024;

    @Test
    void shouldReadOnBehindThePaddingAtTheEnd() {
        UnsafeBuffer message = new UnsafeBuffer(new byte[120]);
        RingBuffer ring =
                new ManyToOneRingBuffer(new UnsafeBuffer(new byte[CAPACITY + RingBufferDescriptor.TRAILER_LENGTH]));
        int pads = 0;
        for (int i = 0; i < 100; i++) {
            // One message at a time: sooner or later the reader stands on padding alone.
            assertTrue(ring.write(1, message, 0, 60 + i % 50));
            long end = ring.producerPosition();
            pads += end / CAPACITY > ring.consumerPosition() / CAPACITY && end % CAPACITY != 0 ? 1 : 0;
            assertEquals(1, RingReader.read(ring, (type, buffer, index, length) -> {}, 256));
            assertEquals(0, RingReader.read(ring, (type, buffer, index, length) -> {}, 256));
            assertEquals(0, ring.size());
        }
        assertTrue(pads > 0);
    }
}
