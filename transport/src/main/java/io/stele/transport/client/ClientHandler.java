package io.stele.transport.client;

import org.agrona.DirectBuffer;

/** What arrives from clients, delivered on the polling thread. */
public interface ClientHandler {

    /** A connection finished its handshake. */
    void onConnected(long connectionId);

    /**
     * One request frame, its first SBE header first: known messages, complete, every length within the frame (see
     * {@link io.stele.transport.RequestFrame}). The buffer is valid during the call only.
     */
    void onRequest(long connectionId, DirectBuffer buffer, int offset, int length);

    /** The connection is gone; nothing more can be sent to it. */
    void onDisconnected(long connectionId);
}
