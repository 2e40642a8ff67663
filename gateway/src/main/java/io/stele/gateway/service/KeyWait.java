package io.stele.gateway.service;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.stele.gateway.etcdserverpb.ResponseHeader;
import io.stele.gateway.etcdserverpb.WatchCreateRequest;
import io.stele.gateway.mvccpb.KeyValue;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.node.NodeConnection;
import io.stele.gateway.node.ReplyHandler;
import io.stele.gateway.node.Statuses;
import io.stele.transport.ApiError;
import io.stele.transport.MessageSequence;
import io.stele.transport.client.LocalHandler;
import io.stele.transport.codec.WatchCanceledReplyDecoder;
import io.stele.transport.codec.WatchCreatedReplyDecoder;
import io.stele.transport.codec.WatchEventDecoder;
import io.stele.transport.codec.WatchEventsDecoder;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;

/** A watch of the gateway's own, on a connection of its own. */
public final class KeyWait implements LocalHandler {
    /**
     * One change.
     *
     * @param previous the pair before, where that was asked for and there was one; else null
     */
    public record Change(boolean isDeletion, KeyValue pair, KeyValue previous, ResponseHeader header) {}

    private static final int LENGTH_LENGTH = WatchEventDecoder.keyHeaderLength();

    private final NodeCalls node;
    private final Consumer<Status> failure;
    private final NodeConnection lane;
    private final MessageSequence sequence = new MessageSequence();
    private final WatchEventDecoder event = new WatchEventDecoder();
    private Consumer<Change> onChange;
    private boolean isClosed;

    public KeyWait(NodeCalls node, Consumer<Status> failure) {
        this.node = node;
        this.failure = failure;
        lane = node.openLane(this);
    }

    void start(ByteString key, ByteString rangeEnd, long fromRevision, Consumer<Change> then) {
        WatchCreateRequest request = WatchCreateRequest.newBuilder()
                .setKey(key)
                .setRangeEnd(rangeEnd)
                .setStartRevision(fromRevision)
                .build();
        start(request, header -> {}, then);
    }

    /** {@code onCreated}: hears how far the member was when the watch began. */
    public void start(WatchCreateRequest request, Consumer<ResponseHeader> onCreated, Consumer<Change> then) {
        onChange = then;
        var unused = lane.call(node.writer().watchCreate(request, false), new ReplyHandler() {
            @Override
            public void onReply(MessageSequence reply) {
                if (reply.templateId() == WatchCanceledReplyDecoder.TEMPLATE_ID) {
                    WatchCanceledReplyDecoder canceled = new WatchCanceledReplyDecoder()
                            .wrap(sequence.buffer(), sequence.bodyOffset(), sequence.blockLength(), sequence.version());
                    boolean isCompacted = canceled.compactRevision() > 0;
                    String reason = canceled.reason();
                    fail(isCompacted ? Statuses.of(ApiError.COMPACTED) : Status.UNAVAILABLE.withDescription(reason));
                } else {
                    WatchCreatedReplyDecoder created = new WatchCreatedReplyDecoder()
                            .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
                    onCreated.accept(node.reader().header(created.revision(), created.raftTerm()));
                }
            }

            @Override
            public void onFailure(Status status) {
                fail(status);
            }
        });
    }

    public void close() {
        isClosed = true;
        lane.close();
    }

    /** From here on changes stay with the node, but for those that came with the last one. */
    public void pause() {
        lane.pause();
    }

    public void unpause() {
        lane.unpause();
    }

    private void fail(Status status) {
        if (!isClosed) {
            close();
            failure.accept(status);
        }
    }

    @Override
    public void onReply(DirectBuffer buffer, int offset, int length) {
        sequence.wrap(buffer, offset, length).next();
        if (sequence.templateId() == WatchCanceledReplyDecoder.TEMPLATE_ID) {
            fail(Statuses.of(ApiError.COMPACTED));
        } else if (sequence.templateId() == WatchEventsDecoder.TEMPLATE_ID) {
            WatchEventsDecoder decoder = new WatchEventsDecoder()
                    .wrap(sequence.buffer(), sequence.bodyOffset(), sequence.blockLength(), sequence.version());
            ResponseHeader header = node.reader().header(decoder.revision(), decoder.raftTerm());
            for (long remaining = decoder.eventCount(); remaining > 0 && !isClosed; remaining--) {
                onChange.accept(change(header));
            }
        }
    }

    private Change change(ResponseHeader header) {
        sequence.next(WatchEventDecoder.TEMPLATE_ID);
        event.wrap(sequence.buffer(), sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        boolean deleted = event.flags().deleted();
        boolean hasPrevious = event.flags().previous();
        KeyValue.Builder pair = KeyValue.newBuilder()
                .setCreateRevision(event.createRevision())
                .setModRevision(event.modRevision())
                .setVersion(event.version())
                .setLease(event.lease());
        int keyLength = event.keyLength();
        pair.setKey(copy(event.limit() + LENGTH_LENGTH, keyLength));
        event.skipKey();
        pair.setValue(copy(event.limit() + LENGTH_LENGTH, event.valueLength()));
        KeyValue previous = hasPrevious ? node.reader().pair(sequence) : null;
        return new Change(deleted, pair.build(), previous, header);
    }

    private ByteString copy(int offset, int length) {
        byte[] bytes = new byte[length];
        sequence.buffer().getBytes(offset, bytes);
        return ByteString.copyFrom(bytes);
    }

    @Override
    public void onClosed(String reason) {
        fail(Statuses.of(ApiError.STOPPED));
    }
}
