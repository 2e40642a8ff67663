package io.stele.client;

import io.stele.transport.ApiError;
import io.stele.transport.MalformedMessageException;
import io.stele.transport.ReplySplitter;
import io.stele.transport.RequestFrame;
import io.stele.transport.SendResult;
import io.stele.transport.client.ServerConnection;
import io.stele.transport.client.ServerHandler;
import io.stele.transport.client.ServerIdentity;
import io.stele.transport.codec.ErrorReplyDecoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.PingReplyDecoder;
import io.stele.transport.codec.PingRequestEncoder;
import io.stele.transport.codec.WatchCanceledReplyDecoder;
import io.stele.transport.codec.WatchCreatedReplyDecoder;
import io.stele.transport.codec.WatchEventsDecoder;
import io.stele.transport.codec.WatchProgressReplyDecoder;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * One life of the connection that all watches of a client share. Everything happens on its network thread.
 *
 * <p>A server that is silent is asked whether it lives; one that does not answer is left. From time to time it is asked
 * how far all watches are: those that have seen no event for long would else go on elsewhere far behind the others.
 */
final class WatchConnection implements ServerHandler {
    /** Requests that may wait for their answer at once; the rest waits here, so that any number can be made. */
    private static final int IN_FLIGHT_MAX = 256;

    private static final long PING_INTERVAL_NS = TimeUnit.SECONDS.toNanos(3);
    private static final long SILENCE_NS_MAX = 4 * PING_INTERVAL_NS;

    private enum Kind {
        CREATE,
        CANCEL,
        /** For a user who wants to know how far all watches are. */
        PROGRESS,
        /** The same, for the watches themselves. */
        BOOKMARK
    }

    /** A request that waits for its turn, or for its answer. The watch may have another id when the answer comes. */
    private record Question(Kind kind, Watch watch, CompletableFuture<WatchProgress> progress, long watchId) {
        void onLost(String text) {
            if (kind == Kind.PROGRESS) {
                progress.completeExceptionally(WatchClient.lost(text));
            }
        }
    }

    private final WatchClient client;
    private final WatchFrames frames = new WatchFrames();
    private final Long2ObjectHashMap<Question> asked = new Long2ObjectHashMap<>();
    private final ArrayDeque<Question> wanted = new ArrayDeque<>();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final WatchCreatedReplyDecoder created = new WatchCreatedReplyDecoder();
    private final WatchCanceledReplyDecoder canceled = new WatchCanceledReplyDecoder();
    private final WatchProgressReplyDecoder progress = new WatchProgressReplyDecoder();
    private final ErrorReplyDecoder error = new ErrorReplyDecoder();
    private ServerConnection connection;
    private ServerIdentity server;
    private long lastCorrelationId;
    private long heardNs;
    private long pingCheckNs;
    private boolean bookmarkAsked;
    private boolean isClosed;

    WatchConnection(WatchClient client) {
        this.client = client;
    }

    boolean isOpen() {
        return server != null && !isClosed;
    }

    // ---- requests

    void create(Watch watch) {
        watch.state = Watch.State.ASKED;
        wanted.add(new Question(Kind.CREATE, watch, null, watch.watchId));
        send();
    }

    void cancel(long watchId) {
        wanted.add(new Question(Kind.CANCEL, null, null, watchId));
        send();
    }

    void progress(CompletableFuture<WatchProgress> result) {
        wanted.add(new Question(Kind.PROGRESS, null, result, 0));
        send();
    }

    private void send() {
        while (isOpen() && asked.size() < IN_FLIGHT_MAX && !wanted.isEmpty()) {
            Question next = wanted.peek();
            int length = encode(next);
            if (length > 0) {
                long correlationId = ++lastCorrelationId;
                int result = connection.send(frames.buffer(), 0, length, correlationId);
                if (result != SendResult.QUEUED) {
                    // Full: what is in it leaves when this thread is done here. Closed: onClosed tells all.
                    connection.schedule(this::send, TimeUnit.MILLISECONDS.toNanos(1));
                    return;
                }
                asked.put(correlationId, next);
            }
            wanted.poll();
        }
    }

    /** Returns 0 if it is not wanted any more. */
    private int encode(Question next) {
        return switch (next.kind) {
            case CREATE -> isAsked(next.watch, next.watchId) ? frames.create(next.watch) : 0;
            case CANCEL -> frames.cancel(next.watchId);
            case PROGRESS, BOOKMARK -> frames.progress();
        };
    }

    /** Whether the watch still waits for what was asked for it with this id. */
    private static boolean isAsked(Watch watch, long watchId) {
        return watch.state == Watch.State.ASKED && watch.watchId == watchId;
    }

    void close() {
        ServerConnection current = connection;
        if (current != null) {
            current.close();
        }
    }

    // ---- what happens

    @Override
    public void onConnected(ServerConnection value, ServerIdentity identity) {
        connection = value;
        server = identity;
        heardNs = System.nanoTime();
        pingCheckNs = heardNs;
        connection.schedule(this::watchSilence, PING_INTERVAL_NS);
        client.opened(this);
        send();
    }

    @Override
    public void onSent(long correlationId) {}

    @Override
    public void onUnsent(long correlationId) {}

    @Override
    public void onClosed(String text) {
        isClosed = true;
        asked.values().forEach(question -> question.onLost(text));
        wanted.forEach(question -> question.onLost(text));
        client.closed(this, text);
    }

    @Override
    public void onReply(DirectBuffer buffer, int offset, int length) {
        heardNs = System.nanoTime();
        switch (RequestFrame.templateId(buffer, offset)) {
            case WatchEventsDecoder.TEMPLATE_ID -> onEvents(buffer, offset, length);
            case WatchCreatedReplyDecoder.TEMPLATE_ID -> onCreated(buffer, offset);
            case WatchCanceledReplyDecoder.TEMPLATE_ID -> onCanceled(buffer, offset);
            case WatchProgressReplyDecoder.TEMPLATE_ID -> onProgress(buffer, offset);
            case ErrorReplyDecoder.TEMPLATE_ID -> onError(buffer, offset);
            case PingReplyDecoder.TEMPLATE_ID -> {}
            default ->
                throw new MalformedMessageException(
                        "message " + RequestFrame.templateId(buffer, offset) + " on a connection of watches");
        }
    }

    private Question answered(DirectBuffer buffer, int offset) {
        Question question = asked.remove(ReplySplitter.correlationId(buffer, offset));
        if (question != null) {
            bookmarkAsked &= question.kind != Kind.BOOKMARK;
            send();
        }
        return question;
    }

    private void onEvents(DirectBuffer buffer, int offset, int length) {
        WatchEvents events = frames.read(buffer, offset, length, server);
        for (int i = 0; i < frames.watchCount(); i++) {
            Watch watch = client.find(frames.watchId(i));
            if (watch != null) {
                client.guarded(watch, () -> watch.onEvents(events));
            }
        }
    }

    private void onCreated(DirectBuffer buffer, int offset) {
        created.wrapAndApplyHeader(buffer, offset, header);
        long revision = created.revision();
        Question question = answered(buffer, offset);
        client.served();
        if (question != null && question.watch != null && isAsked(question.watch, question.watchId)) {
            client.guarded(question.watch, () -> question.watch.onCreated(revision));
        }
    }

    private void onCanceled(DirectBuffer buffer, int offset) {
        canceled.wrapAndApplyHeader(buffer, offset, header);
        long watchId = canceled.watchId();
        long compactRevision = canceled.compactRevision();
        String reason = canceled.reason();
        boolean isPushed = canceled.correlationId() == 0;
        Question question = isPushed ? null : answered(buffer, offset);
        if (question != null && question.kind == Kind.CANCEL) {
            return;
        }
        Watch watch = isPushed ? client.find(watchId) : question == null ? null : question.watch;
        boolean isMeant =
                watch != null && (isPushed ? watch.state == Watch.State.ACTIVE : isAsked(watch, question.watchId));
        if (!isMeant) {
            return;
        }
        if (compactRevision > 0) {
            client.end(watch, new WatchEnd(WatchEnd.Cause.COMPACTED, WatchClient.COMPACTED, compactRevision));
        } else if (isPushed) {
            watch.onLost();
            client.leave(this, reason); // this member cannot serve it any more, another one may
        } else {
            client.end(watch, new WatchEnd(WatchEnd.Cause.REFUSED, reason, 0));
        }
    }

    private void onProgress(DirectBuffer buffer, int offset) {
        progress.wrapAndApplyHeader(buffer, offset, header);
        WatchProgress reached = new WatchProgress(progress.revision(), progress.synced() != 0);
        Header upTo = new Header(server.clusterId(), server.memberId(), progress.revision(), progress.raftTerm());
        long watchId = progress.watchId();
        if (progress.correlationId() == 0) {
            Watch watch = client.find(watchId);
            if (watch != null) {
                client.guarded(watch, () -> watch.onProgress(upTo));
            }
            return;
        }
        Question question = answered(buffer, offset);
        if (question == null || question.kind != Kind.PROGRESS) {
            client.onBookmark(upTo.revision());
            return;
        }
        client.onProgress(upTo);
        question.progress.complete(reached);
    }

    private void onError(DirectBuffer buffer, int offset) {
        error.wrapAndApplyHeader(buffer, offset, header);
        String text = error.text();
        boolean isElsewhere = switch (error.code()) {
            case UNAVAILABLE, DATA_LOSS -> true;
            default -> client.hasOtherEndpoints() && text.equals(ApiError.NOT_FOR_LEARNER.text());
        };
        Question question = answered(buffer, offset);
        if (question != null) {
            question.onLost(text);
        }
        if (isElsewhere) {
            client.leave(this, text);
        } else if (question != null && question.watch != null) {
            client.end(question.watch, new WatchEnd(WatchEnd.Cause.REFUSED, text, 0));
        }
    }

    private void watchSilence() {
        if (isClosed) {
            return;
        }
        long nowNs = System.nanoTime();
        // A listener may have kept this thread from hearing anything.
        boolean wasAway = nowNs - pingCheckNs > 2 * PING_INTERVAL_NS;
        pingCheckNs = nowNs;
        if (!wasAway && nowNs - heardNs > SILENCE_NS_MAX) {
            client.leave(this, "nothing heard for too long");
            return;
        }
        if (nowNs - heardNs >= PING_INTERVAL_NS) {
            ping();
        }
        if (!bookmarkAsked && client.hasWatches()) {
            bookmarkAsked = true;
            wanted.add(new Question(Kind.BOOKMARK, null, null, 0));
            send();
        }
        connection.schedule(this::watchSilence, PING_INTERVAL_NS);
    }

    private void ping() {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(32);
        PingRequestEncoder ping = new PingRequestEncoder().wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder());
        ping.correlationId(0);
        connection.send(buffer, 0, ping.limit(), ++lastCorrelationId);
    }
}
