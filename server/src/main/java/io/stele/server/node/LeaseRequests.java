package io.stele.server.node;

import io.stele.consensus.log.Entry;
import io.stele.server.lease.LeaseTimers;
import io.stele.server.lease.LeaseTimers.State;
import io.stele.server.machine.MachineLimits;
import io.stele.transport.ApiError;
import io.stele.transport.ReplySplitter;
import io.stele.transport.RequestFrame;
import io.stele.transport.client.ClientHandler;
import io.stele.transport.codec.LeaseGrantRequestDecoder;
import io.stele.transport.codec.LeaseKeepAliveRequestDecoder;
import io.stele.transport.codec.LeaseKeepAliveRequestEncoder;
import io.stele.transport.codec.LeaseTimeToLiveRequestDecoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/**
 * Requests that only the leader's clock can answer: keep-alives, and how long a lease has to live.
 *
 * <p>Each waits for a read index first, as a linearizable read does: a quorum has said, after the request came, that
 * this member leads, and all that was committed before is applied. So a member that leads no more without knowing it
 * renews nothing, and a lease that is not there is really gone. Nothing goes through the log, but for the renewal of a
 * lease whose age the log knows.
 */
final class LeaseRequests {
    /** Keep-alives that wait for what is on its way through the log. */
    private static final int WAITING_MAX = 16 * 1024;

    private static final int TTL_AT =
            MessageHeaderEncoder.ENCODED_LENGTH + LeaseGrantRequestDecoder.ttlEncodingOffset();

    private record Waiting(long connectionId, long correlationId, long leaseId) {}

    private final NodeState node;
    private final LeaseKeeper keeper;
    private final ClientHandler requests;
    private final long ttlMin;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(128);
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final LeaseKeepAliveRequestEncoder keepAliveEncoder = new LeaseKeepAliveRequestEncoder();
    private final LeaseKeepAliveRequestDecoder keepAlive = new LeaseKeepAliveRequestDecoder();
    private final LeaseTimeToLiveRequestDecoder timeToLive = new LeaseTimeToLiveRequestDecoder();
    private long seenOutcomes;

    /** @param requests takes up again what could not be answered here */
    LeaseRequests(NodeState node, LeaseKeeper keeper, ClientHandler requests) {
        this.node = node;
        this.keeper = keeper;
        this.requests = requests;
        ttlMin = (TimeUnit.NANOSECONDS.toMillis(node.electionTimeoutNs) * 3 / 2 + 999) / 1000;
    }

    /**
     * Proposes a grant, for at least the time that is safe with this leader's election timeout, as at etcd. What is too
     * short for any leader is raised by all members alike when they apply it.
     */
    long propose(DirectBuffer request, int offset, int length) {
        long ttl = request.getLong(offset + TTL_AT, LeaseGrantRequestDecoder.BYTE_ORDER);
        if (ttl >= ttlMin || ttlMin <= MachineLimits.LEASE_TTL_MIN) {
            return node.raft.propose(Entry.COMMAND, request, offset, length);
        }
        buffer.putBytes(0, request, offset, length);
        buffer.putLong(TTL_AT, ttlMin, LeaseGrantRequestDecoder.BYTE_ORDER);
        return node.raft.propose(Entry.COMMAND, buffer, 0, length);
    }

    /** A request whose read index is confirmed and applied. */
    void serve(long connectionId, DirectBuffer request, int offset, int length) {
        if (!keeper.isActive() || !keeper.clock().isConfirmed()) {
            serveLater(connectionId, request, offset, length);
        } else if (RequestFrame.templateId(request, offset) == LeaseKeepAliveRequestDecoder.TEMPLATE_ID) {
            keepAlive.wrapAndApplyHeader(request, offset, header);
            keepAlive(connectionId, keepAlive.correlationId(), keepAlive.leaseId());
        } else {
            timeToLive.wrapAndApplyHeader(request, offset, header);
            int slot = keeper.find(timeToLive.leaseId());
            long left = slot == LeaseTimers.NONE ? 0 : keeper.secondsLeft(slot);
            node.machine.readTimeToLive(request, offset, length, left, node.beginReply());
            node.sendReply(connectionId);
        }
    }

    /** What was confirmed before a pause, or while this member led, is confirmed no more. */
    private void serveLater(long connectionId, DirectBuffer request, int offset, int length) {
        if (connectionId != PeerConnections.NOBODY) {
            requests.onRequest(connectionId, request, offset, length);
        } else if (keeper.isActive()) {
            keeper.clock().confirm(ReplySplitter.correlationId(request, offset));
        }
    }

    private void keepAlive(long connectionId, long correlationId, long leaseId) {
        int slot = keeper.find(leaseId);
        if (slot == LeaseTimers.NONE) {
            answer(connectionId, correlationId, leaseId, 0);
        } else if (keeper.timers().state(slot) != State.LIVE) {
            await(connectionId, correlationId, leaseId);
        } else if (!keeper.timers().isCheckpointed(slot)) {
            keeper.renew(slot);
            node.counters.onLeaseRenewed();
            answer(connectionId, correlationId, leaseId, keeper.timers().ttl(slot));
        } else if (keeper.renewThroughLog(slot)) {
            await(connectionId, correlationId, leaseId);
        } else {
            node.sendError(connectionId, correlationId, ApiError.TOO_MANY_REQUESTS);
        }
    }

    private void answer(long connectionId, long correlationId, long leaseId, long ttl) {
        node.beginReply().leaseKeepAlive(correlationId, node.machine.revision(), leaseId, ttl);
        node.sendReply(connectionId);
    }

    private void await(long connectionId, long correlationId, long leaseId) {
        if (waiting.size() < WAITING_MAX) {
            waiting.add(new Waiting(connectionId, correlationId, leaseId));
        } else {
            node.sendError(connectionId, correlationId, ApiError.TOO_MANY_REQUESTS);
        }
    }

    int doWork() {
        if (keeper.isActive() && keeper.takePaused()) {
            node.reads.add(
                    PeerConnections.NOBODY, buffer, 0, encode(keeper.clock().pauseCount(), 0));
        }
        if (waiting.isEmpty() || keeper.outcomeCount() == seenOutcomes) {
            return 0;
        }
        seenOutcomes = keeper.outcomeCount();
        int count = waiting.size();
        for (int i = 0; i < count; i++) {
            takeUpAgain(waiting.poll());
        }
        return count;
    }

    /** Its lease is there, renewed by then, or it is not; and if this member leads no more, another one knows. */
    private void takeUpAgain(Waiting request) {
        if (!keeper.isActive()) {
            requests.onRequest(request.connectionId, buffer, 0, encode(request.correlationId, request.leaseId));
        } else {
            int slot = keeper.find(request.leaseId);
            if (slot != LeaseTimers.NONE && keeper.timers().state(slot) != State.LIVE) {
                waiting.add(request);
            } else {
                keepAlive(request.connectionId, request.correlationId, request.leaseId);
            }
        }
    }

    private int encode(long correlationId, long leaseId) {
        keepAliveEncoder
                .wrapAndApplyHeader(buffer, 0, headerEncoder)
                .correlationId(correlationId)
                .leaseId(leaseId);
        return keepAliveEncoder.limit();
    }

    /** Nobody confirms that this member leads. */
    void drop(long connectionId) {
        if (connectionId == PeerConnections.NOBODY && keeper.isActive()) {
            keeper.askAgain();
        }
    }
}
