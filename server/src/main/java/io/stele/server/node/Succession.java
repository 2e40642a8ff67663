package io.stele.server.node;

import io.stele.consensus.Role;
import io.stele.consensus.membership.Membership;

/** Hands leadership over when the node is about to stop, so that nobody has to wait for an election. */
final class Succession {
    private final NodeState node;
    private volatile boolean requested;

    Succession(NodeState node) {
        this.node = node;
    }

    /** Any thread. */
    void request() {
        requested = true;
    }

    /** Whether this member leads and another could. */
    boolean leadsOthers() {
        return node.raft.role() == Role.LEADER && successor() != 0;
    }

    int doWork() {
        if (!requested || node.raft.role() != Role.LEADER || node.raft.transferTarget() != 0) {
            return 0;
        }
        long successor = successor();
        if (successor == 0) {
            return 0;
        }
        node.raft.transferLeadership(successor);
        return 1;
    }

    /** The voter that is within reach and has got furthest; 0 if there is none. */
    private long successor() {
        Membership membership = node.raft.membership();
        long best = 0;
        long bestMatch = -1;
        for (long memberId : membership.voters()) {
            if (memberId != node.identity.memberId()
                    && node.peers.isConnected(memberId)
                    && node.raft.matchIndex(memberId) > bestMatch) {
                best = memberId;
                bestMatch = node.raft.matchIndex(memberId);
            }
        }
        return best;
    }
}
