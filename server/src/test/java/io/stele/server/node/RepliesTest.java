package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.transport.SendResult;
import io.stele.transport.client.ClientHandler;
import io.stele.transport.client.ClientLink;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongHashSet;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

final class RepliesTest {
    private static final int MIB = 1024 * 1024;

    private final Link link = new Link();
    private final Replies replies = new Replies(link);
    private final UnsafeBuffer frame = new UnsafeBuffer(new byte[2 * MIB]);

    /** A link whose slow connections take nothing. */
    private static final class Link implements ClientLink {
        private final LongHashSet slow = new LongHashSet();
        private final List<Long> closed = new ArrayList<>();
        private long sent;

        @Override
        public int poll(ClientHandler handler, int limit) {
            return 0;
        }

        @Override
        public int send(long connectionId, DirectBuffer buffer, int offset, int length) {
            if (slow.contains(connectionId)) {
                return SendResult.BACK_PRESSURED;
            }
            sent += length;
            return SendResult.QUEUED;
        }

        @Override
        public void flush() {}

        @Override
        public long queuedBytes(long connectionId) {
            return 0;
        }

        @Override
        public int frameLengthMax(long connectionId) {
            return Integer.MAX_VALUE;
        }

        @Override
        public void close(long connectionId, int reasonCode, String reason) {
            closed.add(connectionId);
        }

        @Override
        public void close() {}
    }

    @Test
    void shouldSendLaterWhatASlowClientDidNotTake() {
        link.slow.add(1);
        replies.send(1, frame, 0, 100);
        replies.send(1, frame, 0, 200);
        replies.send(2, frame, 0, 5);
        assertEquals(5, link.sent);
        assertTrue(replies.isBackPressured(1));
        assertEquals(300, replies.waitingBytes());
        link.slow.remove(1);
        replies.retry();
        assertEquals(305, link.sent);
        assertEquals(0, replies.waitingBytes());
        assertFalse(replies.isBackPressured(1));
    }

    @Test
    void shouldCloseAClientThatLetsTooMuchPileUp() {
        link.slow.add(1);
        while (link.closed.isEmpty()) {
            assertTrue(replies.waitingBytes() <= Replies.WAITING_BYTES_MAX);
            replies.send(1, frame, 0, MIB);
        }
        assertEquals(0, replies.waitingBytes());
        replies.send(1, frame, 0, MIB);
        replies.retry();
        assertEquals(0, replies.waitingBytes(), "nothing is kept for a connection that is being closed");
        assertEquals(List.of(1L), link.closed);
        replies.onDisconnected(1);
        assertEquals(0, replies.waitingCount());
    }

    @Test
    void shouldCloseThoseWithTheMostWhenTooMuchWaitsForAll() {
        for (int round = 0; round < 14; round++) {
            for (long id = 1; id <= 100; id++) {
                link.slow.add(id);
                replies.send(id, frame, 0, id == 50 ? 3 * MIB / 4 : MIB / 10);
                assertTrue(replies.waitingBytes() <= Replies.ALL_WAITING_BYTES_MAX);
            }
        }
        assertEquals(50L, link.closed.get(0));
        assertTrue(link.closed.size() > 1 && link.closed.size() < 100, link.closed.size() + " closed");
        assertEquals(link.closed.size(), replies.slowClientsClosed());
        for (long id = 1; id <= 100; id++) {
            replies.onDisconnected(id);
        }
        assertEquals(0, replies.waitingBytes());
    }
}
