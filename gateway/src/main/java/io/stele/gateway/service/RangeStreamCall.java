package io.stele.gateway.service;

import io.grpc.Status;
import io.netty.buffer.ByteBufAllocator;
import io.stele.gateway.call.Answer;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.node.NodeConnection;
import io.stele.gateway.node.ReplyHandler;
import io.stele.gateway.node.Statuses;
import io.stele.gateway.wire.RangeWriter;
import io.stele.gateway.wire.WireMessage;
import io.stele.transport.ApiError;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.RangeReplyDecoder;

/**
 * One range, passed on slice by slice. What the caller does not take stays with the node: no more than a slice or two
 * is in memory here.
 */
final class RangeStreamCall implements ReplyHandler {
    private final NodeCalls node;
    private final Answer<WireMessage> answer;
    private final ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;
    private final RangeWriter writer = new RangeWriter(allocator);
    private final RangeReplyDecoder decoder = new RangeReplyDecoder();
    private NodeConnection lane;

    RangeStreamCall(NodeCalls node, Answer<WireMessage> answer) {
        this.node = node;
        this.answer = answer;
    }

    void start(RangeRequest request) {
        Status refusal = refusal(request);
        if (refusal != null) {
            answer.fail(refusal);
            return;
        }
        // Without an order there is nothing to sort by, whatever the target is.
        RangeRequest inOrder =
                request.toBuilder().setSortTarget(RangeRequest.SortTarget.KEY).build();
        NodeConnection opened = node.openLane();
        lane = opened;
        answer.onCancel(opened::close);
        answer.onReady(opened::unpause);
        var unused = opened.call(node.writer().range(inOrder), this);
    }

    /** What makes no sense as a range comes first, then what does not as a stream. */
    private static Status refusal(RangeRequest request) {
        RangeRequest.SortOrder order = request.getSortOrder();
        RangeRequest.SortTarget target = request.getSortTarget();
        if (request.getKey().isEmpty()) {
            return Statuses.of(ApiError.KEY_NOT_PROVIDED);
        }
        if (order == RangeRequest.SortOrder.UNRECOGNIZED || target == RangeRequest.SortTarget.UNRECOGNIZED) {
            return Statuses.of(ApiError.INVALID_SORT_OPTION);
        }
        boolean isByKey = order == RangeRequest.SortOrder.ASCEND && target == RangeRequest.SortTarget.KEY;
        if (order != RangeRequest.SortOrder.NONE && !isByKey) {
            return Status.UNIMPLEMENTED.withDescription("RangeStream does not support custom sort orders");
        }
        boolean isFiltered = request.getMinModRevision() != 0
                || request.getMaxModRevision() != 0
                || request.getMinCreateRevision() != 0
                || request.getMaxCreateRevision() != 0;
        return isFiltered
                ? Status.UNIMPLEMENTED.withDescription("RangeStream does not support revision filters")
                : null;
    }

    @Override
    public void onRangePart(MessageSequence part) {
        decoder.wrap(part.buffer(), part.bodyOffset(), part.blockLength(), part.version());
        writer.pairs(part, decoder.kvCount());
        answer.send(writer.part().nested(allocator));
        if (!answer.isReady()) {
            lane.pause();
        }
    }

    @Override
    public void onReply(MessageSequence reply) {
        decoder.wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        boolean more = decoder.flags().more();
        long count = decoder.count();
        var header = node.reader().header(decoder.revision(), decoder.raftTerm());
        writer.pairs(reply, decoder.kvCount());
        answer.reply(writer.end(header, more, count).nested(allocator));
        lane.close();
    }

    @Override
    public void onFailure(Status status) {
        answer.fail(status);
        lane.close();
    }
}
