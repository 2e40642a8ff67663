package io.stele.gateway.service;

import io.grpc.Status;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.ScheduledFuture;
import io.stele.gateway.call.Answer;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.node.AssemblyBudget;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.node.NodeConnection;
import io.stele.gateway.node.ReplyHandler;
import io.stele.gateway.wire.RangeWriter;
import io.stele.gateway.wire.WireMessage;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.RangeReplyDecoder;
import java.util.concurrent.TimeUnit;

/**
 * One range, put together from what the node sends in slices.
 *
 * <p>What may be long has a connection of its own, so that it can be held back alone, and its memory is on a budget
 * until the caller has taken it.
 */
final class RangeCall implements ReplyHandler, AssemblyBudget.Assembly {
    /** Longer answers count against the budget until they have left. */
    private static final int SMALL_ANSWER_BYTES = 1024 * 1024;
    /** A limit on pairs up to which a range is surely short. */
    private static final long SHORT_RANGE_PAIRS = 100;

    /** After so long the others do not wait any more for an answer that its caller does not take. */
    private static final long STALLED_SECONDS = 20;

    private final NodeCalls node;
    private final Answer<WireMessage> answer;
    private final RangeWriter writer = new RangeWriter(ByteBufAllocator.DEFAULT);
    private final RangeReplyDecoder decoder = new RangeReplyDecoder();
    private NodeConnection lane;
    private AssemblyBudget.Share share;
    private ScheduledFuture<?> stalling;
    private int budgeted;

    RangeCall(NodeCalls node, Answer<WireMessage> answer) {
        this.node = node;
        this.answer = answer;
    }

    void start(RangeRequest request) {
        boolean isShort = request.getRangeEnd().isEmpty()
                || request.getCountOnly()
                || (request.getLimit() > 0 && request.getLimit() <= SHORT_RANGE_PAIRS);
        NodeConnection connection = node.connection();
        if (!isShort) {
            lane = node.openLane();
            connection = lane;
        }
        NodeConnection asked = connection;
        long correlationId = asked.call(node.writer().range(request), this);
        answer.onCancel(() -> {
            asked.forget(correlationId, true);
            writer.release();
            leave();
        });
        if (lane != null && !answer.isOver()) {
            share = node.budget().begin(this);
        }
    }

    @Override
    public void pause() {
        if (lane != null) {
            lane.pause();
        }
    }

    @Override
    public void unpause() {
        if (lane != null) {
            lane.unpause();
        }
    }

    @Override
    public void onRangePart(MessageSequence part) {
        decoder.wrap(part.buffer(), part.bodyOffset(), part.blockLength(), part.version());
        writer.pairs(part, decoder.kvCount());
        grown();
    }

    private void grown() {
        if (share != null) {
            int more = writer.length() - budgeted;
            budgeted += more;
            share.grow(more);
        }
    }

    @Override
    public void onReply(MessageSequence reply) {
        decoder.wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        boolean more = decoder.flags().more();
        long count = decoder.count();
        var header = node.reader().header(decoder.revision(), decoder.raftTerm());
        writer.pairs(reply, decoder.kvCount());
        grown();
        WireMessage message = writer.end(header, more, count);
        if (message.length() <= SMALL_ANSWER_BYTES) {
            answer.reply(message);
            leave();
            return;
        }
        answer.send(message);
        answer.onReady(this::sent);
        answer.onCancel(this::leave);
        if (share != null) {
            stalling = node.eventLoop().schedule(share::stall, STALLED_SECONDS, TimeUnit.SECONDS);
            share.complete();
        }
        if (answer.isReady()) {
            sent();
        }
    }

    private void sent() {
        answer.end();
        leave();
    }

    /** Gives connection and budget back; once. */
    private void leave() {
        if (lane != null) {
            NodeConnection left = lane;
            lane = null;
            if (share != null) {
                share.end();
            }
            if (stalling != null) {
                stalling.cancel(false);
            }
            left.close();
        }
    }

    @Override
    public void onFailure(Status status) {
        writer.release();
        answer.fail(status);
        leave();
    }
}
