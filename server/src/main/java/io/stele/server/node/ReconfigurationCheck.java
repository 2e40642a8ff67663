package io.stele.server.node;

import io.stele.consensus.membership.Membership;
import io.stele.server.machine.MemberRecord;
import io.stele.transport.ApiError;
import java.util.List;

/**
 * Whether a cluster would stay able to decide after a change: etcd's strict reconfiguration check. A null answer is
 * yes.
 */
final class ReconfigurationCheck {
    private static final int READY_PERCENT = 90;

    private final NodeState node;
    private final List<MemberRecord> members;
    private final Membership membership;

    ReconfigurationCheck(NodeState node) {
        this.node = node;
        members = node.machine.members().members();
        membership = node.machine.members().membership();
    }

    boolean isTaken(long memberId, List<String> peerUrls) {
        for (MemberRecord member : members) {
            if (member.memberId() != memberId && member.peerUrls().stream().anyMatch(peerUrls::contains)) {
                return true;
            }
        }
        return false;
    }

    ApiError addVoter() {
        if (!node.memberRules.isStrict()) {
            return null;
        }
        int started = startedVoters(0);
        int voters = membership.voterCount() + 1;
        boolean growsFromOne = started == 1 && voters == 2;
        if (!growsFromOne && started < voters / 2 + 1) {
            return ApiError.MEMBERS_NOT_STARTED;
        }
        // The new one does not count as connected: it would have to be there for a quorum otherwise.
        return growsFromOne || connectedVoters(0) >= voters / 2 + 1 ? null : ApiError.UNHEALTHY;
    }

    ApiError addLearner() {
        return membership.learners().length >= node.memberRules.learnersMax() ? ApiError.TOO_MANY_LEARNERS : null;
    }

    ApiError promote(long memberId) {
        if (!membership.isLearner(memberId)) {
            return ApiError.MEMBER_NOT_LEARNER;
        }
        long match = node.raft.matchIndex(memberId);
        if (match < node.raft.commitIndex() * READY_PERCENT / 100) {
            return ApiError.LEARNER_NOT_READY;
        }
        if (!node.memberRules.isStrict()) {
            return null;
        }
        int voters = membership.voterCount() + 1;
        return startedVoters(0) + 1 < voters / 2 + 1 ? ApiError.MEMBERS_NOT_STARTED : null;
    }

    ApiError remove(long memberId) {
        if (membership.isLearner(memberId)) {
            return null;
        }
        int remaining = membership.voterCount() - 1;
        if (remaining > 0 && !node.memberRules.isStrict()) {
            return null;
        }
        if (remaining == 0 || startedVoters(memberId) < remaining / 2 + 1) {
            return ApiError.MEMBERS_NOT_STARTED;
        }
        boolean isDown = memberId != node.identity.memberId() && !node.peers.isConnected(memberId);
        return isDown || connectedVoters(memberId) >= remaining / 2 + 1 ? null : ApiError.UNHEALTHY;
    }

    private int startedVoters(long but) {
        int started = 0;
        for (MemberRecord member : members) {
            long id = member.memberId();
            if (id != but && membership.isVoter(id) && !member.name().isEmpty()) {
                started++;
            }
        }
        return started;
    }

    private int connectedVoters(long but) {
        int connected = 0;
        for (MemberRecord member : members) {
            long id = member.memberId();
            boolean isThere = id == node.identity.memberId() || node.peers.isConnected(id);
            if (id != but && membership.isVoter(id) && isThere) {
                connected++;
            }
        }
        return connected;
    }
}
