package io.stele.server.node;

import io.stele.consensus.ProposeResult;
import io.stele.consensus.Role;
import io.stele.consensus.log.Entry;
import io.stele.server.machine.RequestPath;
import io.stele.storage.file.StorageException;
import io.stele.transport.ApiError;
import io.stele.transport.ReplySplitter;
import io.stele.transport.RequestFrame;
import io.stele.transport.client.ClientHandler;
import io.stele.transport.codec.AlarmRequestDecoder;
import io.stele.transport.codec.AuthChangeRequestDecoder;
import io.stele.transport.codec.AuthReadRequestDecoder;
import io.stele.transport.codec.CancelRequestDecoder;
import io.stele.transport.codec.CloseSessionRequestDecoder;
import io.stele.transport.codec.CompactRequestDecoder;
import io.stele.transport.codec.DefragmentRequestDecoder;
import io.stele.transport.codec.DeleteRangeRequestDecoder;
import io.stele.transport.codec.DowngradeRequestDecoder;
import io.stele.transport.codec.HashKvRequestDecoder;
import io.stele.transport.codec.LeaseGrantRequestDecoder;
import io.stele.transport.codec.LeaseKeepAliveRequestDecoder;
import io.stele.transport.codec.LeaseLeasesRequestDecoder;
import io.stele.transport.codec.LeaseRevokeRequestDecoder;
import io.stele.transport.codec.LeaseTimeToLiveRequestDecoder;
import io.stele.transport.codec.MemberChangeRequestDecoder;
import io.stele.transport.codec.MemberListRequestDecoder;
import io.stele.transport.codec.MetricsRequestDecoder;
import io.stele.transport.codec.MoveLeaderRequestDecoder;
import io.stele.transport.codec.OpenSessionRequestDecoder;
import io.stele.transport.codec.PutRequestDecoder;
import io.stele.transport.codec.RangeRequestDecoder;
import io.stele.transport.codec.SnapshotRequestDecoder;
import io.stele.transport.codec.StatusRequestDecoder;
import io.stele.transport.codec.TxnRequestDecoder;
import io.stele.transport.codec.WatchCancelRequestDecoder;
import io.stele.transport.codec.WatchCreateRequestDecoder;
import io.stele.transport.codec.WatchProgressRequestDecoder;
import org.agrona.DirectBuffer;

/**
 * Where a client's request goes: writes are checked and proposed, linearizable reads wait for a read index, everything
 * else is answered at once.
 */
final class RequestHandler implements ClientHandler, LinearizableReads.Server {
    private final NodeState node;
    private final RangeScans scans;
    private final WatchRequests watches;
    private final ForwardedRequests forwarded;
    private final HeldRequests held;
    private final MemberRequests members;
    private final StatusReplies status;
    private final MetricsReplies metrics;
    private final RequestPath.Finder paths = new RequestPath.Finder();
    private final LeaseRequests leases;
    private final LearnerCheck learner;

    RequestHandler(
            NodeState node,
            RangeScans scans,
            WatchRequests watches,
            ForwardedRequests forwarded,
            MemberRequests members,
            LeaseKeeper keeper) {
        this.node = node;
        this.scans = scans;
        this.watches = watches;
        this.forwarded = forwarded;
        held = new HeldRequests(node);
        this.members = members;
        status = new StatusReplies(node);
        metrics = new MetricsReplies(node, watches.hub());
        leases = new LeaseRequests(node, keeper, this);
        learner = new LearnerCheck(node);
    }

    @Override
    public void onConnected(long connectionId) {
        node.counters.onConnected();
    }

    @Override
    public void onDisconnected(long connectionId) {
        node.counters.onDisconnected();
        scans.onDisconnected(connectionId);
        watches.onDisconnected(connectionId);
        node.replies.onDisconnected(connectionId);
    }

    @Override
    public void onRequest(long connectionId, DirectBuffer buffer, int offset, int length) {
        long correlationId = ReplySplitter.correlationId(buffer, offset);
        ApiError refusal = node.soundness.serves() ? null : unsound(RequestFrame.templateId(buffer, offset));
        if (refusal != null) {
            node.sendError(connectionId, correlationId, refusal);
            return;
        }
        if (learner.refuses(connectionId, buffer, offset)) {
            node.sendError(connectionId, correlationId, ApiError.NOT_FOR_LEARNER);
            return;
        }
        switch (RequestFrame.templateId(buffer, offset)) {
            case PutRequestDecoder.TEMPLATE_ID,
                    RangeRequestDecoder.TEMPLATE_ID,
                    DeleteRangeRequestDecoder.TEMPLATE_ID,
                    TxnRequestDecoder.TEMPLATE_ID,
                    CompactRequestDecoder.TEMPLATE_ID,
                    OpenSessionRequestDecoder.TEMPLATE_ID,
                    CloseSessionRequestDecoder.TEMPLATE_ID,
                    LeaseGrantRequestDecoder.TEMPLATE_ID,
                    LeaseRevokeRequestDecoder.TEMPLATE_ID,
                    LeaseLeasesRequestDecoder.TEMPLATE_ID,
                    AuthChangeRequestDecoder.TEMPLATE_ID,
                    AuthReadRequestDecoder.TEMPLATE_ID,
                    AlarmRequestDecoder.TEMPLATE_ID,
                    DowngradeRequestDecoder.TEMPLATE_ID -> keySpaceRequest(connectionId, buffer, offset, length);
            case LeaseKeepAliveRequestDecoder.TEMPLATE_ID, LeaseTimeToLiveRequestDecoder.TEMPLATE_ID ->
                leaseRequest(connectionId, buffer, offset, length);
            case MemberListRequestDecoder.TEMPLATE_ID -> listMembers(connectionId, buffer, offset, length);
            case MemberChangeRequestDecoder.TEMPLATE_ID -> changeMembers(connectionId, buffer, offset, length);
            case MoveLeaderRequestDecoder.TEMPLATE_ID -> members.moveLeader(connectionId, buffer, offset);
            case StatusRequestDecoder.TEMPLATE_ID -> status.send(connectionId, correlationId);
            case MetricsRequestDecoder.TEMPLATE_ID -> metrics.send(connectionId, correlationId);
            case WatchCreateRequestDecoder.TEMPLATE_ID,
                    WatchCancelRequestDecoder.TEMPLATE_ID,
                    WatchProgressRequestDecoder.TEMPLATE_ID -> watches.onRequest(connectionId, buffer, offset);
            case SnapshotRequestDecoder.TEMPLATE_ID -> scans.startSnapshot(connectionId, correlationId);
            case HashKvRequestDecoder.TEMPLATE_ID -> scans.startHash(connectionId, buffer, offset);
            case DefragmentRequestDecoder.TEMPLATE_ID -> status.defragmented(connectionId, correlationId);
            case CancelRequestDecoder.TEMPLATE_ID -> scans.cancel(connectionId, correlationId);
            default -> node.sendError(connectionId, correlationId, ApiError.UNIMPLEMENTED);
        }
    }

    /** Without a state to believe: how it is may be asked, alarms too, and members may be removed that are wrong. */
    private ApiError unsound(int templateId) {
        return switch (templateId) {
            case StatusRequestDecoder.TEMPLATE_ID,
                    MetricsRequestDecoder.TEMPLATE_ID,
                    CancelRequestDecoder.TEMPLATE_ID -> null;
            case MemberListRequestDecoder.TEMPLATE_ID,
                    MemberChangeRequestDecoder.TEMPLATE_ID,
                    AlarmRequestDecoder.TEMPLATE_ID,
                    MoveLeaderRequestDecoder.TEMPLATE_ID -> node.soundness.isLost() ? ApiError.UNHEALTHY : null;
            default -> node.soundness.isLost() ? ApiError.UNHEALTHY : ApiError.CORRUPT;
        };
    }

    private void keySpaceRequest(long connectionId, DirectBuffer buffer, int offset, int length) {
        ApiError error = node.machine.validate(buffer, offset, length);
        if (error != null) {
            refuse(connectionId, buffer, offset, error);
            return;
        }
        switch (paths.find(buffer, offset, length)) {
            case PROPOSE -> propose(connectionId, buffer, offset, length);
            case READ_LINEARIZABLE -> {
                node.reads.times(node.receivedNs(buffer, offset), node.nowNs);
                node.reads.add(connectionId, buffer, offset, length);
            }
            case READ_LOCAL -> {
                node.reads.times().set(node.receivedNs(buffer, offset), node.nowNs, node.nowNs);
                serve(connectionId, buffer, offset, length);
            }
        }
    }

    /** Only the leader knows the time. */
    private void leaseRequest(long connectionId, DirectBuffer buffer, int offset, int length) {
        if (node.raft.role() == Role.LEADER) {
            node.reads.add(connectionId, buffer, offset, length);
        } else {
            forward(connectionId, buffer, offset, length);
        }
    }

    private void listMembers(long connectionId, DirectBuffer buffer, int offset, int length) {
        if (members.wantsLinearizable(buffer, offset)) {
            node.reads.add(connectionId, buffer, offset, length);
        } else {
            members.list(connectionId, buffer, offset);
        }
    }

    private void changeMembers(long connectionId, DirectBuffer buffer, int offset, int length) {
        if (node.raft.role() == Role.LEADER) {
            members.change(connectionId, buffer, offset);
        } else {
            forward(connectionId, buffer, offset, length);
        }
    }

    private void forward(long connectionId, DirectBuffer buffer, int offset, int length) {
        ApiError error = forwarded.forward(connectionId, buffer, offset, length);
        if (error == ApiError.NO_LEADER) {
            error = held.hold(connectionId, buffer, offset, length);
        }
        if (error != null) {
            refuse(connectionId, buffer, offset, error);
        }
    }

    private void propose(long connectionId, DirectBuffer buffer, int offset, int length) {
        if (node.raft.role() != Role.LEADER) {
            forward(connectionId, buffer, offset, length);
            return;
        }
        if (node.pending.isFull()) { // requests that others have forwarded come beside those that were counted
            refuse(connectionId, buffer, offset, ApiError.TOO_MANY_REQUESTS);
            return;
        }
        ApiError refusal = node.refusal(buffer, offset, length);
        if (refusal != null) {
            refuse(connectionId, buffer, offset, refusal);
            return;
        }
        boolean isGrant = RequestFrame.templateId(buffer, offset) == LeaseGrantRequestDecoder.TEMPLATE_ID;
        long result = isGrant
                ? leases.propose(buffer, offset, length)
                : node.raft.propose(Entry.COMMAND, buffer, offset, length);
        if (result > 0) {
            long correlationId = ReplySplitter.correlationId(buffer, offset);
            long receivedNs = node.receivedNs(buffer, offset);
            node.pending.add(result, node.raft.term(), connectionId, correlationId, node.nowNs, receivedNs);
        } else {
            ApiError error = result == ProposeResult.TRANSFERRING
                    ? held.hold(connectionId, buffer, offset, length)
                    : refusal(result);
            if (error != null) {
                refuse(connectionId, buffer, offset, error);
            }
        }
    }

    private static ApiError refusal(long proposeResult) {
        if (proposeResult == ProposeResult.TOO_LARGE) {
            return ApiError.REQUEST_TOO_LARGE;
        }
        if (proposeResult == ProposeResult.OVERLOADED) {
            return ApiError.TOO_MANY_REQUESTS;
        }
        return proposeResult == ProposeResult.NO_LEADER ? ApiError.NO_LEADER : ApiError.NOT_LEADER;
    }

    /** Takes up what had to wait for a leader, and gives up what has waited for too long. */
    int doWork() {
        return held.doWork(this) + expirePending() + leases.doWork();
    }

    /**
     * What was proposed may wait for its fate without end: a leader that has lost its quorum steps down, one whose disk
     * hangs cannot.
     */
    private int expirePending() {
        PendingReplies pending = node.pending;
        boolean leads = node.raft.role() == Role.LEADER;
        int workCount = 0;
        while (pending.count() > 0 && node.nowNs - pending.proposedNs() >= ForwardedRequests.TIMEOUT_NS) {
            node.counters.onProposalFailed();
            ApiError error = leads ? ApiError.TIMEOUT : ApiError.TIMEOUT_LEADER_LOST;
            node.sendError(pending.connectionId(), pending.correlationId(), error);
            pending.removeHead();
            workCount++;
        }
        return workCount;
    }

    /** Ends the cycle's batch of linearizable reads and asks the core for its read index. */
    int requestReadIndex() {
        if (!node.reads.hasOpenBatch()) {
            return 0;
        }
        node.raft.requestRead(node.reads.closeBatch());
        return 1;
    }

    @Override
    public void serve(long connectionId, DirectBuffer buffer, int offset, int length) {
        try {
            read(connectionId, buffer, offset, length);
        } catch (StorageException e) { // a damaged page: nobody else knows that this one waits
            if (connectionId != PeerConnections.NOBODY) {
                refuse(connectionId, buffer, offset, ApiError.UNHEALTHY);
            }
            throw e;
        }
    }

    private void read(long connectionId, DirectBuffer buffer, int offset, int length) {
        switch (RequestFrame.templateId(buffer, offset)) {
            case MemberListRequestDecoder.TEMPLATE_ID -> members.list(connectionId, buffer, offset);
            case LeaseKeepAliveRequestDecoder.TEMPLATE_ID, LeaseTimeToLiveRequestDecoder.TEMPLATE_ID ->
                leases.serve(connectionId, buffer, offset, length);
            default -> {
                node.counters.onRange();
                scans.start(connectionId, buffer, offset, length);
            }
        }
    }

    @Override
    public void drop(long connectionId, DirectBuffer buffer, int offset, int length) {
        node.counters.onReadIndexFailed();
        if (connectionId == PeerConnections.NOBODY) {
            leases.drop(connectionId);
            return;
        }
        ApiError error = held.hold(connectionId, buffer, offset, length);
        if (error != null) {
            refuse(connectionId, buffer, offset, ApiError.LEADER_CHANGED);
        }
    }

    private void refuse(long connectionId, DirectBuffer buffer, int offset, ApiError error) {
        node.sendError(connectionId, ReplySplitter.correlationId(buffer, offset), error);
    }
}
