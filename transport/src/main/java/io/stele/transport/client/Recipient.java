package io.stele.transport.client;

import io.netty.buffer.ByteBuf;
import io.stele.transport.codec.GoodbyeReason;

/** One end of a connection to the node: a socket's, or one within the process. */
interface Recipient {
    long id();

    /** Set once, by {@link ConnectionTable}. */
    void id(long value);

    NetworkLoop loop();

    /** The node's end. */
    Egress egress();

    /** Longest frame that this client takes. */
    int clientFrameLengthMax();

    /** Takes a filled buffer from the node, on the network thread. */
    void write(ByteBuf buffer);

    /** Goes on with what was put off; called when replies went out or the ring has room. */
    void resume();

    /** Ends it from this side, on the network thread. */
    void goodbye(GoodbyeReason reason, String text);
}
