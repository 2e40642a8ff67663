package io.stele.client;

import io.stele.transport.codec.ErrorCode;
import org.agrona.DirectBuffer;

/** Receives what becomes of raw requests, on a network thread: do not block, do not throw. */
public interface ReplyHandler {

    /**
     * One reply frame, its first SBE header at {@code offset}; never an ErrorReply. Valid during the call only. When
     * {@link io.stele.transport.ReplySplitter#isPartial} says so, more frames follow.
     */
    void onReply(long token, DirectBuffer buffer, int offset, int length);

    /** The request failed; nothing follows. */
    void onFailure(long token, ErrorCode code, Outcome outcome, String text);
}
