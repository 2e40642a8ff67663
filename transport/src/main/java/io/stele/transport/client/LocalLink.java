package io.stele.transport.client;

import io.netty.channel.EventLoop;

/** The way to a node from within its own process: the frames of the native protocol, without a socket between. */
public interface LocalLink {
    /**
     * Opens a connection that belongs to one thread of Netty's: replies come on it, and all calls are made on it.
     * Returns null when the node takes no more connections.
     */
    LocalConnection connect(EventLoop eventLoop, LocalHandler handler);

    /** Longest request frame that {@link LocalConnection#send} takes. */
    int frameLengthMax();
}
