package io.stele.transport.client;

import org.agrona.DirectBuffer;

/** What happens on a client's connection, told on its network thread. */
public interface ServerHandler {

    /** The handshake is done: requests may be sent. */
    void onConnected(ServerConnection connection, ServerIdentity server);

    /** This request is being handed to the socket: from here on nobody can say that the server did not get it. */
    void onSent(long correlationId);

    /** One reply frame, its first SBE header first, every length within the frame. Valid during the call only. */
    void onReply(DirectBuffer buffer, int offset, int length);

    /** After the end: this request was accepted by the connection, but never left. */
    void onUnsent(long correlationId);

    /**
     * The server is about to end the connection in good order: it takes nothing new for long, but still answers. True
     * if the handler will close the connection when it has all its replies, false to have it closed now.
     */
    default boolean onGoodbye(String text) {
        return false;
    }

    /** The connection has ended, or never was; said once, last. The text is one line for people. */
    void onClosed(String text);
}
