package io.stele.consensus;

import io.stele.consensus.log.RaftLog;
import io.stele.consensus.membership.Membership;
import io.stele.consensus.progress.Progress;

/**
 * Handing leadership over (§3.10 of the dissertation): the leader takes no more proposals, brings the target up to
 * date, and tells it to campaign at once. Given up after an election timeout.
 */
final class Transfer {
    private final Raft raft;
    private final RaftLog log;
    private long target;
    private boolean told;
    private int elapsed;

    Transfer(Raft raft) {
        this.raft = raft;
        this.log = raft.log();
    }

    boolean isUnderWay() {
        return target != 0;
    }

    long target() {
        return target;
    }

    void begin(long memberId) {
        if (target != memberId) {
            target = memberId;
            told = false;
            elapsed = 0;
        }
    }

    /** Tells the target to campaign once its log is as good as ours. */
    void advance(Progress member) {
        if (target == member.memberId() && !told && member.match() == log.lastIndex()) {
            told = true;
            raft.send(MessageType.CAMPAIGN_NOW, target);
        }
    }

    void tick() {
        if (target != 0 && ++elapsed >= raft.config().electionTicks()) {
            end();
        }
    }

    void endUnless(Membership membership) {
        if (target != 0 && !membership.isVoter(target)) {
            end();
        }
    }

    void end() {
        target = 0;
        told = false;
    }
}
