package io.stele.server.node;

import io.stele.consensus.ProposeResult;
import io.stele.consensus.Role;
import io.stele.consensus.membership.Membership;
import io.stele.consensus.membership.MembershipChange;
import io.stele.server.config.ConfigException;
import io.stele.server.config.ListenUrl;
import io.stele.server.machine.MemberRecord;
import io.stele.storage.wal.EntryView;
import io.stele.transport.ApiError;
import io.stele.transport.ReplySplitter;
import io.stele.transport.client.ClientHandler;
import io.stele.transport.codec.MemberChangeRequestDecoder;
import io.stele.transport.codec.MemberChangeRequestEncoder;
import io.stele.transport.codec.MemberItemEncoder;
import io.stele.transport.codec.MemberListReplyEncoder;
import io.stele.transport.codec.MemberListRequestDecoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.MoveLeaderReplyEncoder;
import io.stele.transport.codec.MoveLeaderRequestDecoder;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/** Who the members are: lists them, checks and proposes changes as etcd does, and hands leadership over. */
final class MemberRequests {
    static final int ADD = 1;
    static final int ADD_LEARNER = 2;
    static final int PROMOTE = 3;
    static final int REMOVE = 4;
    static final int UPDATE = 5;
    static final int PUBLISH = 6;

    private static final long PUBLISH_INTERVAL_NS = TimeUnit.SECONDS.toNanos(2);

    private final NodeState node;
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    private final ExpandableArrayBuffer context = new ExpandableArrayBuffer();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private long addedCount;
    private long nextPublishNs;

    private long transferConnection;
    private long transferCorrelation;
    private long transferTarget;
    private long transferDeadlineNs;

    MemberRequests(NodeState node) {
        this.node = node;
    }

    boolean wantsLinearizable(DirectBuffer source, int offset) {
        return new MemberListRequestDecoder()
                        .wrapAndApplyHeader(source, offset, header)
                        .linearizable()
                != 0;
    }

    void list(long connectionId, DirectBuffer source, int offset) {
        sendList(connectionId, ReplySplitter.correlationId(source, offset), 0);
    }

    private void sendList(long connectionId, long correlationId, long memberId) {
        List<MemberRecord> members = node.machine.members().members();
        Membership membership = node.machine.members().membership();
        MemberListReplyEncoder reply = new MemberListReplyEncoder();
        reply.wrapAndApplyHeader(buffer, 0, headerEncoder)
                .correlationId(correlationId)
                .revision(0)
                .raftTerm(node.raft.term())
                .memberCount(members.size())
                .memberId(memberId)
                .leaderId(node.raft.leaderId());
        reply.flags().clear();
        int at = reply.limit();
        MemberItemEncoder item = new MemberItemEncoder();
        for (MemberRecord member : members) {
            item.wrapAndApplyHeader(buffer, at, headerEncoder)
                    .memberId(member.memberId())
                    .learner((short) (membership.isLearner(member.memberId()) ? 1 : 0));
            item.name(member.name())
                    .peerUrls(String.join(",", member.peerUrls()))
                    .clientUrls(String.join(",", member.clientUrls()));
            at = item.limit();
        }
        node.replies.send(connectionId, buffer, 0, at);
    }

    /** On the leader. */
    void change(long connectionId, DirectBuffer source, int offset) {
        MemberChangeRequestDecoder request = new MemberChangeRequestDecoder();
        request.wrapAndApplyHeader(source, offset, header);
        long correlationId = request.correlationId();
        int operation = request.operation();
        long memberId = operation == ADD || operation == ADD_LEARNER ? newMemberId() : request.memberId();
        MemberRecord record = record(operation, memberId, request);
        ApiError error = node.pending.isFull() ? ApiError.TOO_MANY_REQUESTS : refusal(operation, memberId, record);
        if (error == null) {
            MembershipChange change = change(operation, memberId).context(context, 0, record.encode(context, 0));
            long result = node.raft.proposeMembership(change);
            if (result > 0) {
                node.pending.add(result, node.raft.term(), connectionId, correlationId, node.nowNs);
                return;
            }
            error = refusal(result);
        }
        node.sendError(connectionId, correlationId, error);
    }

    private static MemberRecord record(int operation, long memberId, MemberChangeRequestDecoder request) {
        String name = request.name();
        List<String> peerUrls = split(request.peerUrls());
        List<String> clientUrls = split(request.clientUrls());
        return switch (operation) {
            case ADD, ADD_LEARNER -> new MemberRecord(memberId, "", peerUrls, List.of());
            case UPDATE -> new MemberRecord(memberId, null, peerUrls, null);
            case PUBLISH -> new MemberRecord(memberId, name, null, clientUrls);
            default -> new MemberRecord(memberId, null, null, null);
        };
    }

    private static List<String> split(String urls) {
        return urls.isEmpty() ? List.of() : List.of(urls.split(",", -1));
    }

    private static MembershipChange change(int operation, long memberId) {
        return switch (operation) {
            case ADD, PROMOTE -> MembershipChange.addVoter(memberId);
            case ADD_LEARNER -> MembershipChange.addLearner(memberId);
            case REMOVE -> MembershipChange.remove(memberId);
            default -> MembershipChange.update(memberId);
        };
    }

    /** Differs from all ids there were, also from that of a member that was at the same address. */
    private long newMemberId() {
        long id = (node.bootId ^ ++addedCount) * 0x9E3779B97F4A7C15L ^ node.raft.lastIndex();
        return id == 0 ? 1 : id;
    }

    private ApiError refusal(int operation, long memberId, MemberRecord record) {
        ReconfigurationCheck check = new ReconfigurationCheck(node);
        boolean isAdded = operation == ADD || operation == ADD_LEARNER;
        if (operation < ADD || operation > PUBLISH) {
            return ApiError.UNIMPLEMENTED;
        }
        if (!isAdded && node.machine.members().member(memberId) == null) {
            return ApiError.MEMBER_NOT_FOUND;
        }
        if (isAdded || operation == UPDATE) {
            if (!areUrls(record.peerUrls())) {
                return ApiError.MEMBER_URLS_INVALID;
            }
            if (check.isTaken(memberId, record.peerUrls())) {
                return ApiError.MEMBER_URL_EXISTS;
            }
        }
        return switch (operation) {
            case ADD -> check.addVoter();
            case ADD_LEARNER -> check.addLearner();
            case PROMOTE -> check.promote(memberId);
            case REMOVE -> check.remove(memberId);
            default -> null;
        };
    }

    private static boolean areUrls(List<String> urls) {
        try {
            urls.forEach(url -> ListenUrl.parse("url", url));
            return !urls.isEmpty();
        } catch (ConfigException e) {
            return false;
        }
    }

    private static ApiError refusal(long proposeResult) {
        if (proposeResult == ProposeResult.MEMBERSHIP_PENDING || proposeResult == ProposeResult.MEMBERSHIP_INVALID) {
            return ApiError.UNHEALTHY;
        }
        if (proposeResult == ProposeResult.OVERLOADED) {
            return ApiError.TOO_MANY_REQUESTS;
        }
        return proposeResult == ProposeResult.TOO_LARGE ? ApiError.REQUEST_TOO_LARGE : ApiError.NOT_LEADER;
    }

    /** A change that was asked for here has been carried out. */
    void onApplied(long connectionId, long correlationId, EntryView entry) {
        MembershipChange change = MembershipChange.decode(entry.buffer(), entry.offset(), entry.length());
        sendList(connectionId, correlationId, change.stepCount() == 0 ? 0 : change.memberId(0));
    }

    void moveLeader(long connectionId, DirectBuffer source, int offset) {
        MoveLeaderRequestDecoder request = new MoveLeaderRequestDecoder();
        request.wrapAndApplyHeader(source, offset, header);
        long target = request.targetId();
        ApiError error = null;
        if (node.raft.role() != Role.LEADER) {
            error = ApiError.NOT_LEADER;
        } else if (!node.raft.membership().isVoter(target)) {
            error = ApiError.BAD_LEADER_TRANSFEREE;
        } else if (transferTarget != 0) {
            error = ApiError.TOO_MANY_REQUESTS;
        }
        if (error != null) {
            node.sendError(connectionId, request.correlationId(), error);
            return;
        }
        transferConnection = connectionId;
        transferCorrelation = request.correlationId();
        transferTarget = target;
        transferDeadlineNs = node.nowNs + ForwardedRequests.TIMEOUT_NS;
        node.raft.transferLeadership(target);
    }

    int doWork(ClientHandler requests) {
        return watchTransfer() + publish(requests);
    }

    private int watchTransfer() {
        if (transferTarget == 0) {
            return 0;
        }
        boolean done = node.raft.leaderId() == transferTarget;
        boolean failed = node.nowNs - transferDeadlineNs >= 0
                || (node.raft.role() == Role.LEADER && node.raft.transferTarget() == 0 && !done);
        if (done) {
            MoveLeaderReplyEncoder reply = new MoveLeaderReplyEncoder();
            reply.wrapAndApplyHeader(buffer, 0, headerEncoder)
                    .correlationId(transferCorrelation)
                    .revision(0)
                    .raftTerm(node.raft.term());
            reply.flags().clear();
            node.replies.send(transferConnection, buffer, 0, reply.limit());
        } else if (failed) {
            node.sendError(transferConnection, transferCorrelation, ApiError.TIMEOUT_LEADER_TRANSFER);
        }
        if (done || failed) {
            transferTarget = 0;
            return 1;
        }
        return 0;
    }

    /** Makes this member's name and client URLs known, again and again until they are. */
    private int publish(ClientHandler requests) {
        if (node.nowNs - nextPublishNs < 0 || node.raft.leaderId() == 0) {
            return 0;
        }
        nextPublishNs = node.nowNs + PUBLISH_INTERVAL_NS;
        MemberRecord known = node.machine.members().member(node.identity.memberId());
        if (known == null
                || (known.name().equals(node.name) && known.clientUrls().equals(node.clientUrls))) {
            return 0;
        }
        MemberChangeRequestEncoder request = new MemberChangeRequestEncoder();
        request.wrapAndApplyHeader(buffer, 0, headerEncoder)
                .correlationId(0)
                .memberId(node.identity.memberId())
                .operation((short) PUBLISH);
        request.name(node.name).peerUrls("").clientUrls(String.join(",", node.clientUrls));
        requests.onRequest(PeerConnections.NOBODY, buffer, 0, request.limit());
        return 1;
    }
}
