package io.stele.server.watch;

import org.agrona.DirectBuffer;

/** The way out to the connections. */
public interface WatchOutput {

    /** Whether the connection can be sent events: what was sent before has mostly been taken. */
    boolean hasRoom(long connectionId);

    /** Sends a frame, or does nothing and returns false: there is no room now. */
    boolean send(long connectionId, DirectBuffer buffer, int offset, int length);

    /** Sends a frame after all that were sent before; it is kept if there is no room. */
    void reply(long connectionId, DirectBuffer buffer, int offset, int length);

    /** The term to put into frames. */
    long raftTerm();
}
