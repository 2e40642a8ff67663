package io.stele.gateway.service;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.stele.gateway.etcdserverpb.RangeRequest;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.node.NodeConnection;
import io.stele.gateway.node.ReplyHandler;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.RangeReplyDecoder;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;

/**
 * A checksum over all pairs as they were at a revision, in key order: members that agree have the same. Computed here,
 * from a range that the node gives slice by slice.
 */
final class HashCall implements ReplyHandler {
    /** What it has come to. */
    interface Result {
        void onHash(int hash, long revision, long raftTerm);
    }

    private static final ByteString FIRST_KEY = ByteString.copyFrom(new byte[] {0});

    private final NodeCalls node;
    private final NodeConnection lane;
    private final Result result;
    private final Consumer<Status> failure;
    private final CRC32C checksum = new CRC32C();
    private final RangeReplyDecoder decoder = new RangeReplyDecoder();
    private byte[] copy = new byte[4096];

    HashCall(NodeCalls node, Result result, Consumer<Status> failure) {
        this.node = node;
        this.result = result;
        this.failure = failure;
        lane = node.openLane();
    }

    /** {@code revision}: 0 for the newest. */
    void start(long revision) {
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(FIRST_KEY)
                .setRangeEnd(FIRST_KEY)
                .setRevision(revision)
                .setSerializable(true)
                .build();
        var unused = lane.call(node.writer().range(request), this);
    }

    void cancel() {
        lane.close();
    }

    @Override
    public void onRangePart(MessageSequence part) {
        add(part);
    }

    @Override
    public void onReply(MessageSequence reply) {
        decoder.wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        long revision = decoder.revision();
        long raftTerm = decoder.raftTerm();
        add(reply);
        lane.close();
        result.onHash((int) checksum.getValue(), revision, raftTerm);
    }

    /** A pair's message is the same bytes on every member: revisions, version, lease, key and value. */
    private void add(MessageSequence frame) {
        while (frame.next()) {
            DirectBuffer buffer = frame.buffer();
            int length = frame.messageLength();
            if (copy.length < length) {
                copy = new byte[2 * length];
            }
            buffer.getBytes(frame.messageOffset(), copy, 0, length);
            checksum.update(copy, 0, length);
        }
    }

    @Override
    public void onFailure(Status status) {
        lane.close();
        failure.accept(status);
    }
}
