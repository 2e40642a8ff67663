package io.stele.gateway.service;

import io.grpc.Status;
import io.netty.buffer.ByteBufAllocator;
import io.stele.gateway.call.Answer;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.node.ReplyHandler;
import io.stele.gateway.wire.RangeWriter;
import io.stele.gateway.wire.WireMessage;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.RangeReplyDecoder;

/** One range, put together from what the node sends in slices. */
final class RangeCall implements ReplyHandler {
    private final NodeCalls node;
    private final Answer<WireMessage> answer;
    private final RangeWriter writer = new RangeWriter(ByteBufAllocator.DEFAULT);
    private final RangeReplyDecoder decoder = new RangeReplyDecoder();

    RangeCall(NodeCalls node, Answer<WireMessage> answer) {
        this.node = node;
        this.answer = answer;
    }

    void start(RangeRequest request) {
        long correlationId = node.connection().call(node.writer().range(request), this);
        answer.onCancel(() -> {
            node.connection().forget(correlationId, true);
            writer.release();
        });
    }

    @Override
    public void onRangePart(MessageSequence part) {
        decoder.wrap(part.buffer(), part.bodyOffset(), part.blockLength(), part.version());
        writer.pairs(part, decoder.kvCount());
    }

    @Override
    public void onReply(MessageSequence reply) {
        decoder.wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        boolean more = decoder.flags().more();
        writer.pairs(reply, decoder.kvCount());
        answer.reply(writer.end(node.reader().header(decoder.revision(), decoder.raftTerm()), more, decoder.count()));
    }

    @Override
    public void onFailure(Status status) {
        writer.release();
        answer.fail(status);
    }
}
