package io.stele.server.node;

import io.stele.consensus.Role;
import io.stele.transport.ApiError;
import io.stele.transport.MalformedMessageException;
import io.stele.transport.ReplySplitter;
import io.stele.transport.RequestFrame;
import io.stele.transport.SendResult;
import io.stele.transport.client.ClientHandler;
import io.stele.transport.codec.GoodbyeReason;
import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.codec.ForwardedReplyDecoder;
import io.stele.transport.peer.codec.ForwardedReplyEncoder;
import io.stele.transport.peer.codec.ForwardedRequestDecoder;
import io.stele.transport.peer.codec.ForwardedRequestEncoder;
import io.stele.transport.peer.codec.MessageHeaderDecoder;
import io.stele.transport.peer.codec.MessageHeaderEncoder;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Requests of this member's clients that only the leader can carry out, and requests that other members have sent here
 * because this one leads.
 *
 * <p>The leader carries out a forwarded request as if its client were connected here, and only once however often the
 * network repeats it, see {@link ForwardedOnce}; {@link PeerConnections} sends the reply back. The member that
 * forwarded it answers its client when the reply comes, when the leader changes, or when its time is up; the outcome is
 * unknown in the latter two cases, and so it says.
 */
final class ForwardedRequests {
    /** As long as etcd's members wait for their own proposals. */
    static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(7);

    /** Requests under way to the leader at once. */
    static final int UNDER_WAY_MAX = 16 * 1024;

    private static final int LENGTH_LENGTH = Integer.BYTES;

    private static final class Waiting {
        private long requestId;
        private long connectionId;
        private long correlationId;
        private long deadlineNs;
        private long leaderId;
        private long term;
        private int nextPiece;
    }

    private final NodeState node;
    private final PeerConnections connections;
    private final Long2ObjectHashMap<Waiting> waiting = new Long2ObjectHashMap<>();
    private final ArrayDeque<Waiting> inOrder = new ArrayDeque<>();

    /** What other members have forwarded here, by member. */
    private final Long2ObjectHashMap<ForwardedOnce> taken = new Long2ObjectHashMap<>();

    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(4096);
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final ForwardedRequestEncoder requestEncoder = new ForwardedRequestEncoder();
    private final ForwardedRequestDecoder request = new ForwardedRequestDecoder();
    private final ForwardedReplyEncoder replyEncoder = new ForwardedReplyEncoder();
    private final ForwardedReplyDecoder reply = new ForwardedReplyDecoder();
    private ClientHandler requests;
    private long lastRequestId;

    ForwardedRequests(NodeState node, PeerConnections connections) {
        this.node = node;
        this.connections = connections;
    }

    /** Who carries out what other members forward. */
    void requests(ClientHandler handler) {
        requests = handler;
    }

    /** Sends a request to the leader; null if it is on its way, else why not. */
    ApiError forward(long connectionId, DirectBuffer source, int offset, int length) {
        if (!node.metBy.contains(node.raft.leaderId())) {
            return ApiError.NO_LEADER; // or it takes this life for a clone as yet, and hears nothing of it
        }
        if (waiting.size() >= UNDER_WAY_MAX) {
            return ApiError.TOO_MANY_REQUESTS;
        }
        long requestId = ++lastRequestId;
        requestEncoder
                .wrapAndApplyHeader(buffer, 0, headerEncoder)
                .requestId(requestId)
                .term(node.raft.term())
                .bootId(node.bootId);
        requestEncoder.putFrame(source, offset, length);
        int result = node.peers.send(node.raft.leaderId(), PeerLane.BULK, buffer, 0, requestEncoder.limit());
        if (result != SendResult.QUEUED) {
            return result == SendResult.BACK_PRESSURED ? ApiError.TOO_MANY_REQUESTS : ApiError.NO_LEADER;
        }
        Waiting added = new Waiting();
        added.requestId = requestId;
        added.connectionId = connectionId;
        added.correlationId = ReplySplitter.correlationId(source, offset);
        added.deadlineNs = node.nowNs + TIMEOUT_NS;
        added.leaderId = node.raft.leaderId();
        added.term = node.raft.term();
        waiting.put(requestId, added);
        inOrder.add(added);
        return null;
    }

    /** Answers those that wait for nothing any more. */
    int doWork() {
        int workCount = 0;
        while (!inOrder.isEmpty()) {
            Waiting oldest = inOrder.peek();
            boolean leaderChanged = oldest.leaderId != node.raft.leaderId() || oldest.term != node.raft.term();
            boolean answered = !waiting.containsKey(oldest.requestId);
            if (!answered && !leaderChanged && node.nowNs - oldest.deadlineNs < 0) {
                break;
            }
            inOrder.poll();
            if (!answered) {
                waiting.remove(oldest.requestId);
                ApiError error = leaderChanged ? ApiError.TIMEOUT_LEADER_LOST : ApiError.TIMEOUT;
                node.sendError(oldest.connectionId, oldest.correlationId, error);
                workCount++;
            }
        }
        return workCount;
    }

    /** Another member has a request for the leader, which it takes this one to be. */
    void onRequest(long memberId, DirectBuffer source, int offset, int length) {
        header.wrap(source, offset);
        int blockAt = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        int frameAt = blockAt + header.blockLength() + LENGTH_LENGTH;
        int frameLength = frameLength(source, frameAt, offset + length);
        request.wrap(source, blockAt, header.blockLength(), header.version());
        if (!taken.computeIfAbsent(memberId, id -> new ForwardedOnce())
                .isFirst(request.bootId(), request.requestId())) {
            return; // not even refused: the first one may have been carried out
        }
        if (node.raft.role() != Role.LEADER || request.term() != node.raft.term()) {
            replyEncoder
                    .wrapAndApplyHeader(buffer, 0, headerEncoder)
                    .requestId(request.requestId())
                    .partial((byte) 0)
                    .outcome((byte) 1)
                    .piece(0)
                    .bootId(request.bootId());
            replyEncoder.putFrame(buffer, 0, 0);
            node.peers.send(memberId, PeerLane.BULK, buffer, 0, replyEncoder.limit());
            return;
        }
        if (RequestFrame.check(source, frameAt, frameLength) != GoodbyeReason.CLOSING) {
            throw new MalformedMessageException("a forwarded request is none");
        }
        long connectionId = connections.open(memberId, request.bootId(), request.requestId());
        requests.onRequest(connectionId, source, frameAt, frameLength);
    }

    /** The leader has answered. */
    void onReply(long memberId, DirectBuffer source, int offset, int length) {
        header.wrap(source, offset);
        int blockAt = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        int frameAt = blockAt + header.blockLength() + LENGTH_LENGTH;
        int frameLength = frameLength(source, frameAt, offset + length);
        reply.wrap(source, blockAt, header.blockLength(), header.version());
        Waiting answered = reply.bootId() == node.bootId ? waiting.get(reply.requestId()) : null;
        if (answered == null || reply.piece() < answered.nextPiece) {
            return; // too late, once more, or for an earlier life
        }
        boolean isWhole = reply.piece() == answered.nextPiece;
        answered.nextPiece++;
        if (reply.partial() == 0 || !isWhole) {
            waiting.remove(answered.requestId);
        }
        if (!isWhole) {
            node.sendError(answered.connectionId, answered.correlationId, ApiError.TIMEOUT_CONNECTION_LOST);
        } else if (reply.outcome() != 0) {
            node.sendError(answered.connectionId, answered.correlationId, ApiError.LEADER_CHANGED);
        } else {
            node.replies.send(answered.connectionId, source, frameAt, frameLength);
        }
    }

    private static int frameLength(DirectBuffer source, int frameAt, int limit) {
        if (frameAt > limit) {
            throw new MalformedMessageException("a forwarded message is cut off");
        }
        int frameLength = source.getInt(frameAt - LENGTH_LENGTH, ByteOrder.LITTLE_ENDIAN);
        if (frameLength != limit - frameAt) {
            throw new MalformedMessageException("a forwarded message does not add up");
        }
        return frameLength;
    }

    int underWayCount() {
        return waiting.size();
    }
}
