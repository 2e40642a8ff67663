package io.stele.transport.client.sim;

import io.stele.transport.codec.GoodbyeReason;
import java.util.ArrayDeque;
import org.agrona.DirectBuffer;

/** A client of a {@link SimClientLink}. */
public final class SimClient {
    private final SimClientLink link;
    private final long connectionId;
    private final ArrayDeque<byte[]> received = new ArrayDeque<>();
    final ArrayDeque<byte[]> unflushed = new ArrayDeque<>();
    long queuedBytes;
    int inFlightCount;
    private boolean isClosed;
    private GoodbyeReason reason;
    private String reasonText;

    SimClient(SimClientLink link, long connectionId) {
        this.link = link;
        this.connectionId = connectionId;
    }

    public long connectionId() {
        return connectionId;
    }

    /** Sends one request frame; false when the connection has ended. */
    public boolean send(DirectBuffer buffer, int offset, int length) {
        if (isClosed) {
            return false;
        }
        byte[] frame = new byte[length];
        buffer.getBytes(offset, frame);
        link.offer(this, frame);
        return true;
    }

    /** The next reply frame, null if there is none now. */
    public byte[] receive() {
        byte[] frame = received.poll();
        if (frame != null) {
            queuedBytes -= frame.length;
        }
        return frame;
    }

    /** Ends the connection at once: what was under way is lost. */
    public void cut() {
        if (!isClosed) {
            isClosed = true;
            received.clear();
            unflushed.clear();
            link.remove(this);
        }
    }

    public boolean isClosed() {
        return isClosed;
    }

    /** Why the server ended the connection; null while it has not. */
    public GoodbyeReason reason() {
        return reason;
    }

    public String reasonText() {
        return reasonText;
    }

    void flush() {
        received.addAll(unflushed);
        unflushed.clear();
    }

    void ended(GoodbyeReason why, String text) {
        isClosed = true;
        reason = why;
        reasonText = text;
    }
}
