package io.stele.transport.client;

import org.agrona.DirectBuffer;

/** What arrives from clients, delivered on the polling thread. */
public interface ClientHandler {

    /** A connection finished its handshake. */
    void onConnected(long connectionId);

    /** One request message, its SBE header first; the buffer is valid during the call only. */
    void onRequest(long connectionId, DirectBuffer buffer, int offset, int length);

    /** The connection is gone; nothing more can be sent to it. */
    void onDisconnected(long connectionId);
}
