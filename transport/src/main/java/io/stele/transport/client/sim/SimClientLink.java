package io.stele.transport.client.sim;

import io.stele.transport.MalformedMessageException;
import io.stele.transport.ReplySplitter;
import io.stele.transport.RequestFrame;
import io.stele.transport.SendResult;
import io.stele.transport.client.ClientHandler;
import io.stele.transport.client.ClientLink;
import io.stele.transport.codec.GoodbyeReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The client port in memory: one thread, no clock, no chance; what happens depends on the order of the calls alone.
 * Requests can be polled as soon as their client sent them, replies can be received after {@link #flush}. A
 * connection that is cut loses what was under way, in both directions.
 */
public final class SimClientLink implements ClientLink {
    private static final int FRAME_LENGTH_MAX = 4 * 1024 * 1024;

    private record Event(Kind kind, SimClient client, DirectBuffer frame) {}

    private enum Kind {
        CONNECTED,
        REQUEST,
        DISCONNECTED
    }

    private final int inFlightMax;
    private final long queueBytesMax;
    private final ArrayDeque<Event> events = new ArrayDeque<>();
    private final Long2ObjectHashMap<SimClient> clients = new Long2ObjectHashMap<>();
    /** In the order of connecting: never iterate the map. */
    private final List<SimClient> connected = new ArrayList<>();

    private long lastId;

    /** Limits per connection: unanswered requests and bytes of replies waiting. */
    public SimClientLink(int inFlightMax, long queueBytesMax) {
        this.inFlightMax = inFlightMax;
        this.queueBytesMax = queueBytesMax;
    }

    /** A new client, its handshake done. */
    public SimClient connect() {
        SimClient client = new SimClient(this, ++lastId);
        clients.put(client.connectionId(), client);
        connected.add(client);
        events.add(new Event(Kind.CONNECTED, client, null));
        return client;
    }

    @Override
    public int poll(ClientHandler handler, int limit) {
        int count = 0;
        ArrayDeque<Event> heldBack = new ArrayDeque<>();
        while (count < limit && !events.isEmpty()) {
            Event event = events.poll();
            SimClient client = event.client();
            long id = client.connectionId();
            switch (event.kind()) {
                case CONNECTED -> handler.onConnected(id);
                case DISCONNECTED -> handler.onDisconnected(id);
                case REQUEST -> {
                    if (client.isClosed()) {
                        continue;
                    }
                    if (client.inFlightCount >= inFlightMax) {
                        heldBack.add(event);
                        continue;
                    }
                    client.inFlightCount++;
                    handler.onRequest(id, event.frame(), 0, event.frame().capacity());
                }
            }
            count++;
        }
        while (!heldBack.isEmpty()) {
            events.addFirst(heldBack.pollLast());
        }
        return count;
    }

    @Override
    public int send(long connectionId, DirectBuffer buffer, int offset, int length) {
        SimClient client = clients.get(connectionId);
        if (client == null) {
            return SendResult.CLOSED;
        }
        if (client.queuedBytes > 0 && client.queuedBytes + length > queueBytesMax) {
            return SendResult.BACK_PRESSURED;
        }
        byte[] frame = new byte[length];
        buffer.getBytes(offset, frame);
        client.queuedBytes += length;
        client.unflushed.add(frame);
        if (!ReplySplitter.isPartial(buffer, offset)) {
            client.inFlightCount--;
        }
        return SendResult.QUEUED;
    }

    @Override
    public void flush() {
        for (SimClient client : connected) {
            client.flush();
        }
    }

    @Override
    public long queuedBytes(long connectionId) {
        SimClient client = clients.get(connectionId);
        return client == null ? 0 : client.queuedBytes;
    }

    @Override
    public int frameLengthMax(long connectionId) {
        return clients.containsKey(connectionId) ? FRAME_LENGTH_MAX : 0;
    }

    @Override
    public void close(long connectionId, int reasonCode, String reason) {
        SimClient client = clients.get(connectionId);
        if (client != null) {
            client.flush();
            remove(client);
            client.ended(GoodbyeReason.get((short) reasonCode), reason);
        }
    }

    @Override
    public void close() {
        for (SimClient client : new ArrayList<>(connected)) {
            close(client.connectionId(), GoodbyeReason.CLOSING.value(), "server stopped");
        }
        events.clear();
    }

    void offer(SimClient client, byte[] frame) {
        UnsafeBuffer view = new UnsafeBuffer(frame);
        GoodbyeReason verdict = RequestFrame.check(view, 0, frame.length);
        if (verdict != GoodbyeReason.CLOSING) {
            throw new MalformedMessageException("a simulated client sent nonsense: " + verdict);
        }
        events.add(new Event(Kind.REQUEST, client, view));
    }

    void remove(SimClient client) {
        if (clients.remove(client.connectionId()) != null) {
            connected.remove(client);
            events.add(new Event(Kind.DISCONNECTED, client, null));
        }
    }
}
