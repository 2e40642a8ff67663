package io.stele.gateway.node;

import io.grpc.Status;
import io.stele.transport.MessageSequence;

/** What becomes of one request to the node. Either method is called once, on the thread that asked. */
public interface ReplyHandler {
    /** The whole reply; the sequence stands on its first message, and is valid during the call only. */
    void onReply(MessageSequence reply);

    void onFailure(Status status);

    /** A frame of a long range that is not its last; others are put together before {@link #onReply}. */
    default void onRangePart(MessageSequence part) {
        throw new IllegalStateException("no range was asked for");
    }
}
