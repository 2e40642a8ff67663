package io.stele.transport.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.transport.ReplySplitter;
import io.stele.transport.Requests;
import io.stele.transport.SendResult;
import io.stele.transport.codec.GoodbyeReason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node may rely on, whatever is behind the port. */
@Timeout(60)
abstract class ClientLinkContract {
    static final int IN_FLIGHT_MAX = 16;
    static final int QUEUE_BYTES_MAX = 256 * 1024;

    /** One client, from outside. */
    interface Peer {
        void send(DirectBuffer buffer, int offset, int length);

        /** The next frame; null at the end of the stream. Waits for it. */
        byte[] receive();

        /** Ends the connection without a word. */
        void cut();

        /** What the Goodbye said, after {@link #receive} returned null. */
        GoodbyeReason reason();
    }

    abstract ClientLink link();

    abstract Peer connect();

    final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    final Recorder recorder = new Recorder();

    /** Notes what arrived; answers when told to. */
    static final class Recorder implements ClientHandler {
        final List<Long> connected = new ArrayList<>();
        final List<Long> disconnected = new ArrayList<>();
        final List<Long> correlationIds = new ArrayList<>();
        final List<Integer> lengths = new ArrayList<>();

        @Override
        public void onConnected(long connectionId) {
            connected.add(connectionId);
        }

        @Override
        public void onRequest(long connectionId, DirectBuffer frame, int offset, int length) {
            assertTrue(connected.contains(connectionId));
            correlationIds.add(ReplySplitter.correlationId(frame, offset));
            lengths.add(length);
        }

        @Override
        public void onDisconnected(long connectionId) {
            disconnected.add(connectionId);
        }
    }

    void pollUntil(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            link().poll(recorder, 10);
            Thread.onSpinWait();
        }
    }

    int reply(long connectionId, long correlationId, int valueLength) {
        int end = Requests.txnReply(buffer, 0, correlationId, 0);
        end = Requests.keyValue(buffer, end, new byte[] {'k'}, new byte[valueLength]);
        return link().send(connectionId, buffer, 0, end);
    }

    void request(Peer peer, long correlationId, int valueLength) {
        int end = Requests.put(buffer, 0, correlationId, "key", new byte[valueLength]);
        peer.send(buffer, 0, end);
    }

    long received(Peer peer) {
        return ReplySplitter.correlationId(new UnsafeBuffer(peer.receive()), 0);
    }

    @Test
    void shouldDeliverRequestsAndRepliesInOrder() {
        Peer peer = connect();
        pollUntil(() -> recorder.connected.size() == 1);
        long id = recorder.connected.get(0);
        for (int round = 0; round < 50; round++) {
            recorder.correlationIds.clear();
            for (int i = 0; i < IN_FLIGHT_MAX; i++) {
                request(peer, round * 100L + i, i * 50);
            }
            pollUntil(() -> recorder.correlationIds.size() == IN_FLIGHT_MAX);
            for (int i = 0; i < IN_FLIGHT_MAX; i++) {
                assertEquals(round * 100L + i, recorder.correlationIds.get(i));
                assertEquals(SendResult.QUEUED, reply(id, recorder.correlationIds.get(i), i * 30));
            }
            link().flush();
            for (int i = 0; i < IN_FLIGHT_MAX; i++) {
                assertEquals(round * 100L + i, received(peer));
            }
        }
    }

    @Test
    void shouldDeliverOnlyAsManyRequestsAsMayBeInFlight() {
        Peer peer = connect();
        for (int i = 0; i < 3 * IN_FLIGHT_MAX; i++) {
            request(peer, i, 100);
        }
        pollUntil(() -> recorder.correlationIds.size() >= IN_FLIGHT_MAX);
        for (int i = 0; i < 1000; i++) {
            link().poll(recorder, 10);
        }
        assertEquals(IN_FLIGHT_MAX, recorder.correlationIds.size());
        for (int i = 0; i < 2 * IN_FLIGHT_MAX; i++) {
            assertEquals(SendResult.QUEUED, reply(recorder.connected.get(0), i, 10));
            link().flush();
            int expected = IN_FLIGHT_MAX + i + 1;
            pollUntil(() -> recorder.correlationIds.size() >= expected);
            assertEquals(expected, recorder.correlationIds.size());
        }
    }

    @Test
    void shouldTellOfConnectionsThatEnd() {
        Peer first = connect();
        Peer second = connect();
        pollUntil(() -> recorder.connected.size() == 2);
        first.cut();
        pollUntil(() -> recorder.disconnected.size() == 1);
        long gone = recorder.disconnected.get(0);
        long alive = recorder.connected.get(recorder.connected.indexOf(gone) == 0 ? 1 : 0);
        assertEquals(SendResult.CLOSED, reply(gone, 1, 10));
        assertEquals(0, link().frameLengthMax(gone));
        assertEquals(SendResult.QUEUED, reply(alive, 2, 10));
        link().flush();
        assertEquals(2, received(second));
        assertEquals(SendResult.CLOSED, reply(12345678L << 20, 1, 10));
    }

    @Test
    void shouldRefuseASlowReaderAndServeTheOthers() {
        Peer slow = connect();
        pollUntil(() -> recorder.connected.size() == 1);
        Peer good = connect();
        pollUntil(() -> recorder.connected.size() == 2);
        long slowId = recorder.connected.get(0);
        long goodId = recorder.connected.get(1);
        int queued = 0;
        // Sockets take some megabytes before they are full.
        while (reply(slowId, queued, 32 * 1024) == SendResult.QUEUED) {
            link().flush();
            queued++;
            assertTrue(queued < 10_000, "no bound");
        }
        assertTrue(link().queuedBytes(slowId) <= QUEUE_BYTES_MAX);
        for (int i = 0; i < 100; i++) {
            assertEquals(SendResult.QUEUED, reply(goodId, i, 1024));
            link().flush();
            assertEquals(i, received(good));
        }
        int taken = queued;
        for (int i = 0; i < taken; i++) {
            assertEquals(i, received(slow));
        }
        pollUntil(() -> reply(slowId, taken, 10) == SendResult.QUEUED);
        link().flush();
        assertEquals(taken, received(slow));
    }

    @Test
    void shouldCloseAConnectionAfterWhatIsQueuedForIt() {
        Peer peer = connect();
        pollUntil(() -> recorder.connected.size() == 1);
        long id = recorder.connected.get(0);
        for (int i = 0; i < 5; i++) {
            assertEquals(SendResult.QUEUED, reply(id, i, 10_000));
        }
        link().close(id, GoodbyeReason.OVERLOADED.value(), "enough");
        for (int i = 0; i < 5; i++) {
            assertEquals(i, received(peer));
        }
        assertEquals(null, peer.receive());
        assertEquals(GoodbyeReason.OVERLOADED, peer.reason());
        pollUntil(() -> recorder.disconnected.contains(id));
        assertEquals(SendResult.CLOSED, reply(id, 9, 10));
    }
}
