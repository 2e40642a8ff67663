package io.stele.server.node;

import io.stele.transport.RequestFrame;
import io.stele.transport.codec.CancelRequestDecoder;
import io.stele.transport.codec.MemberListRequestDecoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.MetricsRequestDecoder;
import io.stele.transport.codec.RangeRequestDecoder;
import io.stele.transport.codec.SnapshotRequestDecoder;
import io.stele.transport.codec.StatusRequestDecoder;
import org.agrona.DirectBuffer;

/**
 * What a learner does for clients, which is what it does at etcd: it says how it is, and reads what it has, for those
 * who do not mind how old that is. Whoever asks for more is to ask another member. Beyond etcd it says who the members
 * are, so that a client that knows only learners finds the others.
 */
final class LearnerCheck {
    private final NodeState node;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final RangeRequestDecoder range = new RangeRequestDecoder();

    LearnerCheck(NodeState node) {
        this.node = node;
    }

    /** What the member itself wants said, such as its name, is no client's request. */
    boolean refuses(long connectionId, DirectBuffer buffer, int offset) {
        return node.raft.membership().isLearner(node.identity.memberId())
                && connectionId != PeerConnections.NOBODY
                && !serves(buffer, offset);
    }

    private boolean serves(DirectBuffer buffer, int offset) {
        return switch (RequestFrame.templateId(buffer, offset)) {
            case StatusRequestDecoder.TEMPLATE_ID,
                    MetricsRequestDecoder.TEMPLATE_ID,
                    MemberListRequestDecoder.TEMPLATE_ID,
                    SnapshotRequestDecoder.TEMPLATE_ID,
                    CancelRequestDecoder.TEMPLATE_ID -> true;
            case RangeRequestDecoder.TEMPLATE_ID ->
                range.wrapAndApplyHeader(buffer, offset, header).flags().serializable();
            default -> false;
        };
    }
}
