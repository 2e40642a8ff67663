package io.stele.gateway.service;

import io.grpc.Status;
import io.netty.buffer.ByteBufAllocator;
import io.stele.gateway.call.Answer;
import io.stele.gateway.call.Requests;
import io.stele.gateway.etcdserverpb.WatchCreateRequest;
import io.stele.gateway.etcdserverpb.WatchRequest;
import io.stele.gateway.etcdserverpb.WatchResponse;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.node.NodeConnection;
import io.stele.gateway.node.ReplyHandler;
import io.stele.gateway.node.Statuses;
import io.stele.gateway.wire.EventsWriter;
import io.stele.gateway.wire.WireMessage;
import io.stele.transport.ApiError;
import io.stele.transport.MessageSequence;
import io.stele.transport.RequestFrame;
import io.stele.transport.client.LocalHandler;
import io.stele.transport.codec.WatchCanceledReplyDecoder;
import io.stele.transport.codec.WatchCreatedReplyDecoder;
import io.stele.transport.codec.WatchEventsDecoder;
import io.stele.transport.codec.WatchProgressReplyDecoder;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * One stream of watches: a connection to the node of its own, whose watches have the stream's ids. While the caller
 * does not read, replies stay with the node, where a watch that is behind costs nothing.
 *
 * <p>The node may cut the events of one revision in pieces. A watch that has not asked for fragments gets them whole.
 */
final class WatchCall implements Requests<WatchRequest>, LocalHandler {
    /** Stands for a watch that never was, and for all of the stream. */
    private static final long NO_WATCH = -1;

    private final NodeCalls node;
    private final Answer<WireMessage> answer;
    private final boolean requireLeader;
    private final NodeConnection lane;
    private final Long2ObjectHashMap<Watch> watches = new Long2ObjectHashMap<>();
    private final EventsWriter writer = new EventsWriter(ByteBufAllocator.DEFAULT);
    private final MessageSequence sequence = new MessageSequence();

    /** One watch of the stream. */
    private static final class Watch {
        final boolean fragment;
        /** Events of a revision that is not whole yet. */
        WireMessage pending;

        long pendingRevision;

        Watch(boolean fragment) {
            this.fragment = fragment;
        }
    }

    WatchCall(NodeCalls node, Answer<WireMessage> answer) {
        this.node = node;
        this.answer = answer;
        requireLeader = "true".equals(answer.metadata("hasleader"));
        lane = node.openLane(this);
        answer.onReady(lane::unpause);
        answer.onCancel(this::leave);
    }

    private void leave() {
        lane.close();
        for (Watch watch : watches.values()) {
            if (watch.pending != null) {
                watch.pending.close();
            }
        }
        watches.clear();
    }

    // ---- what the caller wants

    @Override
    public void onRequest(WatchRequest request) {
        switch (request.getRequestUnionCase()) {
            case CREATE_REQUEST -> create(request.getCreateRequest());
            case CANCEL_REQUEST -> cancel(request.getCancelRequest().getWatchId());
            case PROGRESS_REQUEST -> lane.call(node.writer().watchProgress(), onReply(this::onProgress));
            case REQUESTUNION_NOT_SET -> {
                // ignored, as etcd does
            }
        }
    }

    /** Watches go on when the caller has nothing more to ask for. */
    @Override
    public void onEnd() {}

    private void create(WatchCreateRequest request) {
        Watch watch = new Watch(request.getFragment());
        lane.call(node.writer().watchCreate(request, requireLeader), new ReplyHandler() {
            @Override
            public void onReply(MessageSequence reply) {
                onCreated(reply, watch);
            }

            @Override
            public void onFailure(Status status) {
                onNotCreated(status);
            }
        });
    }

    /** The watch may be on its way still: the node takes both in their order, and what it never had is ignored. */
    private void cancel(long watchId) {
        lane.call(node.writer().watchCancel(watchId), onReply(this::onCanceled));
    }

    /** A reply whose failure ends the stream. */
    private ReplyHandler onReply(Consumer<MessageSequence> handler) {
        return new ReplyHandler() {
            @Override
            public void onReply(MessageSequence reply) {
                handler.accept(reply);
            }

            @Override
            public void onFailure(Status status) {
                fail(status);
            }
        };
    }

    // ---- what the node answers

    private void onCreated(MessageSequence reply, Watch watch) {
        if (reply.templateId() == WatchCanceledReplyDecoder.TEMPLATE_ID) {
            WatchCanceledReplyDecoder canceled = canceled(reply);
            send(response(canceled.revision(), canceled.raftTerm(), NO_WATCH)
                    .setCreated(true)
                    .setCanceled(true)
                    .setCompactRevision(canceled.compactRevision())
                    .setCancelReason(canceled.reason()));
            return;
        }
        WatchCreatedReplyDecoder created = new WatchCreatedReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        watches.put(created.watchId(), watch);
        send(response(created.revision(), created.raftTerm(), created.watchId()).setCreated(true));
    }

    /** One watch too many does not end the others of the stream: it is refused like one that makes no sense. */
    private void onNotCreated(Status status) {
        if (status.getCode() != Status.Code.RESOURCE_EXHAUSTED) {
            fail(status);
            return;
        }
        send(response(0, 0, NO_WATCH)
                .setCreated(true)
                .setCanceled(true)
                .setCancelReason(String.valueOf(status.getDescription())));
    }

    private void onProgress(MessageSequence reply) {
        WatchProgressReplyDecoder progress = new WatchProgressReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        boolean isOfAll = progress.watchId() == NO_WATCH;
        if (!isOfAll || (progress.synced() != 0 && !watches.isEmpty())) {
            send(response(progress.revision(), progress.raftTerm(), progress.watchId()));
        }
    }

    private void onCanceled(MessageSequence reply) {
        WatchCanceledReplyDecoder canceled = canceled(reply);
        Watch watch = watches.remove(canceled.watchId());
        if (watch == null) {
            return;
        }
        if (watch.pending != null) {
            watch.pending.close();
        }
        String reason = canceled.reason();
        if (requireLeader && reason.equals(ApiError.NO_LEADER.text())) {
            fail(Statuses.of(ApiError.NO_LEADER));
            return;
        }
        // etcd tells no revision where history is gone: there is none that the caller could go on after
        long revision = canceled.compactRevision() > 0 ? 0 : canceled.revision();
        send(response(revision, canceled.raftTerm(), canceled.watchId())
                .setCanceled(true)
                .setCompactRevision(canceled.compactRevision())
                .setCancelReason(reason));
    }

    private static WatchCanceledReplyDecoder canceled(MessageSequence reply) {
        return new WatchCanceledReplyDecoder()
                .wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
    }

    // ---- what the node pushes

    @Override
    public void onReply(DirectBuffer buffer, int offset, int length) {
        sequence.wrap(buffer, offset, length).next();
        switch (RequestFrame.templateId(buffer, offset)) {
            case WatchEventsDecoder.TEMPLATE_ID -> onEvents();
            case WatchProgressReplyDecoder.TEMPLATE_ID -> onProgress(sequence);
            case WatchCanceledReplyDecoder.TEMPLATE_ID -> onCanceled(sequence);
            default -> throw new IllegalStateException("message " + sequence.templateId() + " was pushed");
        }
    }

    private void onEvents() {
        WatchEventsDecoder decoder = new WatchEventsDecoder()
                .wrap(sequence.buffer(), sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        long revision = decoder.revision();
        long raftTerm = decoder.raftTerm();
        boolean isFragment = decoder.fragment() != 0;
        long eventCount = decoder.eventCount();
        int idCount = decoder.watchIdsLength() / Long.BYTES;
        int idsOffset = decoder.limit() + WatchEventsDecoder.watchIdsHeaderLength();
        WireMessage events = writer.events(sequence, eventCount);
        for (int i = 0; i < idCount; i++) {
            long watchId = sequence.buffer().getLong(idsOffset + i * Long.BYTES, ByteOrder.LITTLE_ENDIAN);
            Watch watch = watches.get(watchId);
            if (watch != null) {
                deliver(watchId, watch, events.share(), revision, raftTerm, isFragment);
            }
        }
        events.close();
    }

    private void deliver(
            long watchId, Watch watch, WireMessage events, long revision, long raftTerm, boolean isFragment) {
        if (watch.pending != null && writer.firstRevision() > watch.pendingRevision) {
            WireMessage whole = watch.pending;
            watch.pending = null;
            sendEvents(watchId, whole, watch.pendingRevision, raftTerm, false);
        }
        if (watch.fragment) {
            sendEvents(watchId, events, revision, raftTerm, isFragment);
            return;
        }
        WireMessage all = watch.pending == null ? events : watch.pending.append(events);
        watch.pending = null;
        if (isFragment) {
            watch.pending = all;
            watch.pendingRevision = revision;
        } else {
            sendEvents(watchId, all, revision, raftTerm, false);
        }
    }

    private void sendEvents(long watchId, WireMessage events, long revision, long raftTerm, boolean isFragment) {
        WatchResponse start =
                response(revision, raftTerm, watchId).setFragment(isFragment).build();
        send(WireMessage.of(start).append(events));
    }

    private WatchResponse.Builder response(long revision, long raftTerm, long watchId) {
        return WatchResponse.newBuilder()
                .setHeader(node.reader().header(revision, raftTerm))
                .setWatchId(watchId);
    }

    private void send(WatchResponse.Builder response) {
        send(WireMessage.of(response.build()));
    }

    private void send(WireMessage message) {
        answer.send(message);
        if (!answer.isReady()) {
            lane.pause();
        }
    }

    private void fail(Status status) {
        answer.fail(status);
        leave();
    }

    @Override
    public void onClosed(String reason) {
        fail(Statuses.of(ApiError.STOPPED));
    }
}
