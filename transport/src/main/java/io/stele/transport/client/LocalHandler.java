package io.stele.transport.client;

import org.agrona.DirectBuffer;

/** What comes back on a {@link LocalConnection}, on the thread that it belongs to. */
public interface LocalHandler {
    /** One reply frame, its first SBE header first. The buffer is valid during the call only. */
    void onReply(DirectBuffer buffer, int offset, int length);

    /** The node has ended the connection: nothing comes any more. */
    void onClosed(String reason);
}
