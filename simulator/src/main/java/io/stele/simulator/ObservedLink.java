package io.stele.simulator;

import io.stele.transport.ReplySplitter;
import io.stele.transport.SendResult;
import io.stele.transport.client.ClientHandler;
import io.stele.transport.client.ClientLink;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongHashSet;

/** Tells when the node begins to answer a request: the instant whose state the answer has to show. */
public final class ObservedLink implements ClientLink {
    /** Who is told. */
    public interface Listener {
        void onAnswerBegun(long correlationId, boolean isLate);

        void onBackPressure();
    }

    private final ClientLink link;
    private final Listener listener;
    private final LongHashSet begun = new LongHashSet();

    /** Connections on which an answer had to wait: those behind it wait too, without being offered here. */
    private final LongHashSet pressed = new LongHashSet();

    public ObservedLink(ClientLink link, Listener listener) {
        this.link = link;
        this.listener = listener;
    }

    @Override
    public int poll(ClientHandler handler, int limit) {
        return link.poll(handler, limit);
    }

    @Override
    public int send(long connectionId, DirectBuffer buffer, int offset, int length) {
        long correlationId = ReplySplitter.correlationId(buffer, offset);
        if (begun.add(correlationId)) {
            listener.onAnswerBegun(correlationId, pressed.contains(connectionId));
        }
        int result = link.send(connectionId, buffer, offset, length);
        if (result == SendResult.BACK_PRESSURED) {
            pressed.add(connectionId);
            listener.onBackPressure();
        }
        return result;
    }

    @Override
    public void flush() {
        link.flush();
    }

    @Override
    public long queuedBytes(long connectionId) {
        return link.queuedBytes(connectionId);
    }

    @Override
    public int frameLengthMax(long connectionId) {
        return link.frameLengthMax(connectionId);
    }

    @Override
    public void close(long connectionId, int reasonCode, String reason) {
        link.close(connectionId, reasonCode, reason);
    }

    @Override
    public void close() {
        link.close();
    }
}
