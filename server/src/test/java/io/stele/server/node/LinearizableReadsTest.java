package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

final class LinearizableReadsTest {
    private final LinearizableReads reads = new LinearizableReads(100);
    private final List<String> events = new ArrayList<>();
    private final LinearizableReads.Server server = new LinearizableReads.Server() {
        @Override
        public void serve(long connectionId, DirectBuffer buffer, int offset, int length) {
            events.add("serve " + connectionId + " " + buffer.getStringWithoutLengthAscii(offset, length));
        }

        @Override
        public void drop(long connectionId, DirectBuffer buffer, int offset, int length) {
            events.add("drop " + connectionId + " " + buffer.getStringWithoutLengthAscii(offset, length));
        }
    };

    private void add(long connectionId, String request) {
        byte[] bytes = request.getBytes(StandardCharsets.US_ASCII);
        reads.add(connectionId, new UnsafeBuffer(bytes), 0, bytes.length);
    }

    @Test
    void shouldServeABatchOnceItIsConfirmedAndApplied() {
        add(1, "a");
        add(2, "bb");
        long first = reads.closeBatch();
        assertFalse(reads.hasOpenBatch());
        assertEquals(0, reads.serve(Long.MAX_VALUE, server), "not confirmed");
        reads.onConfirmed(first, 7, 0);
        assertEquals(0, reads.serve(6, server), "not applied");
        assertEquals(2, reads.serve(7, server));
        assertEquals(List.of("serve 1 a", "serve 2 bb"), events);
        assertEquals(0, reads.waitingCount());
    }

    @Test
    void shouldKeepTheOrderOfBatchesWhicheverIsConfirmedFirst() {
        add(1, "old");
        long first = reads.closeBatch();
        add(1, "new");
        long second = reads.closeBatch();
        assertTrue(second > first, "ids are never used again");
        reads.onConfirmed(second, 5, 0);
        assertEquals(0, reads.serve(9, server));
        reads.onConfirmed(first, 4, 0);
        assertEquals(2, reads.serve(9, server));
        assertEquals(List.of("serve 1 old", "serve 1 new"), events);
    }

    @Test
    void shouldAnswerDroppedReadsInsteadOfForgettingThem() {
        add(1, "x");
        long id = reads.closeBatch();
        reads.onDropped(id, server);
        reads.onConfirmed(id, 1, 0);
        assertEquals(0, reads.serve(9, server));
        assertEquals(List.of("drop 1 x"), events);
    }

    @Test
    void shouldReuseBatchesWithoutMixingThem() {
        for (int round = 0; round < 100; round++) {
            add(round, "r" + round);
            reads.onConfirmed(reads.closeBatch(), round, 0);
            assertEquals(1, reads.serve(round, server));
            assertEquals("serve " + round + " r" + round, events.get(round));
        }
    }
}
