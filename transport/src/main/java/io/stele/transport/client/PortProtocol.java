package io.stele.transport.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.agrona.DirectBuffer;

/** Another protocol on the client port, told from Stele's own by a connection's first bytes. */
public interface PortProtocol {
    /** Whether the bytes seen so far are this protocol's. */
    enum Match {
        YES,
        NO,
        /** More bytes are needed to tell. */
        MORE
    }

    /** Looks at the first {@code length} bytes of a connection; called again as more arrive. */
    Match sniff(DirectBuffer bytes, int length);

    /**
     * Takes the connection over, on its network thread. The pipeline is empty; {@code received} holds all that was
     * read so far and is the new owner's to release.
     */
    void adopt(Channel channel, ByteBuf received);
}
