package io.stele.gateway.service;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.stele.gateway.call.Answer;
import io.stele.gateway.etcdserverpb.SnapshotResponse;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.node.NodeConnection;
import io.stele.gateway.node.ReplyHandler;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.SnapshotReplyDecoder;

/** One snapshot, passed on piece by piece. What the caller does not take stays with the node. */
final class SnapshotCall implements ReplyHandler {
    private final NodeCalls node;
    private final Answer<SnapshotResponse> answer;
    private final String version;
    private final SnapshotReplyDecoder decoder = new SnapshotReplyDecoder();
    private NodeConnection lane;

    SnapshotCall(NodeCalls node, Answer<SnapshotResponse> answer, String version) {
        this.node = node;
        this.answer = answer;
        this.version = version;
    }

    void start() {
        NodeConnection opened = node.openLane();
        lane = opened;
        answer.onCancel(opened::close);
        answer.onReady(opened::unpause);
        var unused = opened.call(node.writer().snapshot(), this);
    }

    @Override
    public void onRangePart(MessageSequence part) {
        answer.send(response(part));
        if (!answer.isReady()) {
            lane.pause();
        }
    }

    @Override
    public void onReply(MessageSequence reply) {
        answer.reply(response(reply));
        lane.close();
    }

    private SnapshotResponse response(MessageSequence reply) {
        decoder.wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        byte[] bytes = new byte[decoder.dataLength()];
        decoder.getData(bytes, 0, bytes.length);
        ByteString blob = UnsafeByteOperations.unsafeWrap(bytes);
        return SnapshotResponse.newBuilder()
                .setHeader(node.reader().header(decoder.revision(), decoder.raftTerm()))
                .setRemainingBytes(decoder.remainingBytes())
                .setBlob(blob)
                .setVersion(version)
                .build();
    }

    @Override
    public void onFailure(Status status) {
        answer.fail(status);
        lane.close();
    }
}
