package io.stele.gateway.node;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.stele.transport.ApiError;
import io.stele.transport.MessageSequence;
import io.stele.transport.ReplySplitter;
import io.stele.transport.RequestFrame;
import io.stele.transport.SendResult;
import io.stele.transport.client.LocalConnection;
import io.stele.transport.client.LocalHandler;
import io.stele.transport.client.LocalLink;
import io.stele.transport.codec.CancelRequestEncoder;
import io.stele.transport.codec.ContinuationDecoder;
import io.stele.transport.codec.ErrorReplyDecoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.RangeReplyDecoder;
import io.stele.transport.codec.SnapshotReplyDecoder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Requests to the node and their replies, told apart by correlation ids. Belongs to one thread.
 *
 * <p>Requests that the node has no room for wait here, in their order, as long as there is memory for it.
 */
public final class NodeConnection implements LocalHandler {
    private static final int CORRELATION_OFFSET = MessageHeaderEncoder.ENCODED_LENGTH;
    private static final Status UNAVAILABLE = Statuses.of(ApiError.STOPPED);

    private static final LocalHandler NO_PUSHES = new LocalHandler() {
        @Override
        public void onReply(DirectBuffer buffer, int offset, int length) {
            throw new IllegalStateException("nothing was to be pushed");
        }

        @Override
        public void onClosed(String reason) {
            // those who wait hear of it by themselves
        }
    };

    private final LocalLink link;
    private final LocalHandler pushes;
    private final EventLoop eventLoop;
    private final WaitingBudget budget;
    private final Long2ObjectHashMap<Pending> pending = new Long2ObjectHashMap<>();
    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>();
    private final MessageSequence sequence = new MessageSequence();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final ErrorReplyDecoder error = new ErrorReplyDecoder();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private LocalConnection connection;
    private long nextCorrelationId = 1;

    private static final class Pending {
        final ReplyHandler handler;
        /** The frames so far of a reply in parts. */
        ExpandableArrayBuffer parts;

        int partsLength;

        Pending(ReplyHandler handler) {
            this.handler = handler;
        }
    }

    NodeConnection(LocalLink link, EventLoop eventLoop, WaitingBudget budget) {
        this(link, eventLoop, budget, NO_PUSHES);
    }

    /** {@code pushes}: takes what the node sends without being asked, and hears of the connection's end. */
    NodeConnection(LocalLink link, EventLoop eventLoop, WaitingBudget budget, LocalHandler pushes) {
        this.pushes = pushes;
        this.link = link;
        this.eventLoop = eventLoop;
        this.budget = budget;
    }

    /** Sends what was written, under an id of its own, which is returned; 0 when it has failed already. */
    public long call(RequestWriter request, ReplyHandler handler) {
        if (!isOpen()) {
            handler.onFailure(UNAVAILABLE);
            return 0;
        }
        MutableDirectBuffer buffer = request.buffer();
        int length = request.length();
        if (length > link.frameLengthMax()) {
            handler.onFailure(Statuses.of(ApiError.REQUEST_TOO_LARGE));
            return 0;
        }
        long correlationId = nextCorrelationId++;
        buffer.putLong(CORRELATION_OFFSET, correlationId, LITTLE_ENDIAN);
        if (!waiting.isEmpty() || connection.send(buffer, 0, length, this::sendWaiting) != SendResult.QUEUED) {
            if (!hold(buffer, length)) {
                handler.onFailure(Statuses.of(ApiError.TOO_MANY_REQUESTS));
                return 0;
            }
        }
        pending.put(correlationId, new Pending(handler));
        connection.flush();
        return correlationId;
    }

    private boolean isOpen() {
        if (connection == null || connection.isClosed()) {
            connection = link.connect(eventLoop, this);
        }
        return connection != null;
    }

    private boolean hold(DirectBuffer buffer, int length) {
        if (!budget.hold(length)) {
            return false;
        }
        ByteBuf copy = PooledByteBufAllocator.DEFAULT.directBuffer(length, length);
        view.wrap(copy.memoryAddress(), length);
        view.putBytes(0, buffer, 0, length);
        waiting.add(copy.writerIndex(length));
        return true;
    }

    private void sendWaiting() {
        while (!waiting.isEmpty()) {
            ByteBuf next = waiting.peek();
            view.wrap(next.memoryAddress(), next.readableBytes());
            if (connection.send(view, 0, view.capacity(), this::sendWaiting) != SendResult.QUEUED) {
                break;
            }
            forgetFirst();
        }
        connection.flush();
    }

    /** Nobody waits for this reply any more. {@code range}: it may be one that goes on. */
    public void forget(long correlationId, boolean range) {
        if (pending.remove(correlationId) == null || !range || connection.isClosed()) {
            return;
        }
        CancelRequestEncoder cancel = new CancelRequestEncoder()
                .wrapAndApplyHeader(new ExpandableArrayBuffer(32), 0, new MessageHeaderEncoder());
        cancel.correlationId(correlationId);
        if (waiting.isEmpty()
                && connection.send((DirectBuffer) cancel.buffer(), 0, cancel.limit(), this::sendWaiting)
                        == SendResult.QUEUED) {
            connection.flush();
        } else {
            var unused = hold(cancel.buffer(), cancel.limit());
        }
    }

    /** Holds the node's replies back. */
    public void pause() {
        if (connection != null) {
            connection.pause();
        }
    }

    public void unpause() {
        if (connection != null) {
            connection.unpause();
        }
    }

    public void close() {
        if (connection != null) {
            connection.close();
            dropWaiting();
        }
    }

    private void dropWaiting() {
        while (!waiting.isEmpty()) {
            forgetFirst();
        }
    }

    private void forgetFirst() {
        ByteBuf first = waiting.poll();
        int length = first.readableBytes();
        first.release();
        budget.release(length);
    }

    @Override
    public void onReply(DirectBuffer buffer, int offset, int length) {
        long correlationId = ReplySplitter.correlationId(buffer, offset);
        if (correlationId == 0) {
            pushes.onReply(buffer, offset, length);
            return;
        }
        Pending call = pending.get(correlationId);
        if (call == null) {
            return;
        }
        int templateId = RequestFrame.templateId(buffer, offset);
        boolean partial = ReplySplitter.isPartial(buffer, offset);
        if (!partial) {
            pending.remove(correlationId);
        }
        if (templateId == ErrorReplyDecoder.TEMPLATE_ID) {
            error.wrapAndApplyHeader(buffer, offset, header);
            call.handler.onFailure(Status.fromCodeValue(error.code().value()).withDescription(error.text()));
        } else if (templateId == RangeReplyDecoder.TEMPLATE_ID || templateId == SnapshotReplyDecoder.TEMPLATE_ID) {
            sequence.wrap(buffer, offset, length).next();
            if (partial) {
                call.handler.onRangePart(sequence);
            } else {
                call.handler.onReply(sequence);
            }
        } else {
            onPart(call, buffer, offset, length, partial);
        }
    }

    private void onPart(Pending call, DirectBuffer buffer, int offset, int length, boolean partial) {
        if (call.parts == null && !partial) {
            sequence.wrap(buffer, offset, length).next();
            call.handler.onReply(sequence);
            return;
        }
        int skipped = 0;
        if (call.parts == null) {
            call.parts = new ExpandableArrayBuffer(4 * length);
        } else {
            skipped = MessageHeaderDecoder.ENCODED_LENGTH + ContinuationDecoder.BLOCK_LENGTH;
        }
        call.parts.putBytes(call.partsLength, buffer, offset + skipped, length - skipped);
        call.partsLength += length - skipped;
        if (!partial) {
            sequence.wrap(call.parts, 0, call.partsLength).next();
            call.handler.onReply(sequence);
        }
    }

    @Override
    public void onClosed(String reason) {
        List<Pending> all = new ArrayList<>(pending.values());
        pending.clear();
        dropWaiting();
        for (Pending call : all) {
            call.handler.onFailure(UNAVAILABLE);
        }
        pushes.onClosed(reason);
    }
}
