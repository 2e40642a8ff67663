package io.stele.server.node;

import io.stele.consensus.Role;
import io.stele.consensus.membership.Membership;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands leadership over when the node is about to stop, when it is not fit to lead, and when its state is lost, so that
 * nobody has to wait for an election, or for a leader that cannot keep up.
 *
 * <p>A leader that hands over for its health alone does so once in a while only, the less often the oftener it comes
 * to that: where all members are equally slow, leadership does not go round in circles.
 */
final class Succession {
    private static final Logger LOG = LoggerFactory.getLogger(Succession.class);
    private static final long BACK_OFF_MIN_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long BACK_OFF_MAX_NS = TimeUnit.MINUTES.toNanos(8);
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(5);

    private final NodeState node;
    private final LeaderHealth health;
    private final long patienceNs;
    private volatile boolean requested;
    private long backOffNs = BACK_OFF_MIN_NS;
    private long handedOverNs;
    private long nextNs;
    private long lostSinceNs;
    private long handOverCount;
    private boolean hasHandedOver;

    Succession(NodeState node, LeaderHealth health, long electionTimeoutNs) {
        this.node = node;
        this.health = health;
        patienceNs = electionTimeoutNs;
        nextNs = node.nowNs;
    }

    /** Any thread. */
    void request() {
        requested = true;
    }

    /** Whether this member leads and another could, or has been asked to hand over and does not know yet to whom. */
    boolean leadsOthers() {
        return node.raft.role() == Role.LEADER
                ? successor(false) != 0
                : hasHandedOver && !node.peers.isConnected(node.raft.leaderId());
    }

    /** Times that it has handed over for its health. */
    long handOverCount() {
        return handOverCount;
    }

    int doWork() {
        if (node.raft.role() != Role.LEADER) {
            lostSinceNs = 0;
            return 0;
        }
        if (node.soundness.isLost()) {
            return giveUp();
        }
        if (node.raft.transferTarget() != 0) {
            return 0;
        }
        if (requested) {
            hasHandedOver = true;
            return transferTo(successor(false));
        }
        return handOverIfUnfit();
    }

    private int transferTo(long successor) {
        if (successor == 0) {
            return 0;
        }
        node.raft.transferLeadership(successor);
        return 1;
    }

    /** It must not lead: to whomever, and if there is nobody, just no longer. */
    private int giveUp() {
        if (lostSinceNs == 0) {
            lostSinceNs = node.nowNs;
        }
        if (node.nowNs - lostSinceNs >= patienceNs || (node.raft.transferTarget() == 0 && successor(false) == 0)) {
            node.raft.stepDown();
            return 1;
        }
        return node.raft.transferTarget() == 0 ? transferTo(successor(false)) : 0;
    }

    private int handOverIfUnfit() {
        String reason = health.reason();
        if (reason == null || node.nowNs - nextNs < 0) {
            return 0;
        }
        long successor = successor(true);
        if (successor == 0) {
            nextNs = node.nowNs + RETRY_NS;
            return 0;
        }
        boolean isAgain = handOverCount > 0 && node.nowNs - handedOverNs < 2 * backOffNs;
        backOffNs = isAgain ? Math.min(2 * backOffNs, BACK_OFF_MAX_NS) : BACK_OFF_MIN_NS;
        handedOverNs = node.nowNs;
        nextNs = node.nowNs + backOffNs;
        handOverCount++;
        LOG.warn("this member leads no longer, for {}: member {} takes over", reason, Long.toHexString(successor));
        return transferTo(successor);
    }

    /** The voter that is within reach and has got furthest, one that is fit before all others; 0 if there is none. */
    private long successor(boolean mustBeFit) {
        Membership membership = node.raft.membership();
        long best = 0;
        long bestMatch = -1;
        boolean bestIsFit = false;
        for (long memberId : membership.voters()) {
            boolean isFit = node.raft.isFit(memberId);
            if (memberId == node.identity.memberId() || !node.peers.isConnected(memberId) || (mustBeFit && !isFit)) {
                continue;
            }
            long match = node.raft.matchIndex(memberId);
            if ((isFit && !bestIsFit) || (isFit == bestIsFit && match > bestMatch)) {
                best = memberId;
                bestMatch = match;
                bestIsFit = isFit;
            }
        }
        return best;
    }
}
