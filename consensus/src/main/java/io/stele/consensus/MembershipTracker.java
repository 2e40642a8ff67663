package io.stele.consensus;

import io.stele.consensus.log.Entry;
import io.stele.consensus.log.RaftLog;
import io.stele.consensus.membership.Membership;
import io.stele.consensus.membership.MembershipChange;
import io.stele.consensus.membership.MembershipEdit;

/**
 * The active configuration: as of the last change that is known to be committed.
 *
 * <p>Why not as of the last change that is appended, as in the paper (§6): a change that is active only when committed
 * never has to be taken back. That is safe because
 *
 * <ol>
 *   <li>a leader proposes a change only when all earlier ones are committed, and so active, at itself;
 *   <li>whoever holds a later change knows that the earlier ones are committed ({@link RaftLog}), so a member is at
 *       most one configuration behind its own log;
 *   <li>neighbouring configurations have no two quorums without a common member ({@link MembershipEdit}).
 * </ol>
 *
 * <p>So let a member that is at configuration i campaign while change i + 2 is committed. A quorum of i + 1 holds that
 * change, and it shares a member with any quorum of i; that one votes only for a log which holds change i + 2 as well,
 * whose owner would be at i + 1. Hence whoever is elected is at most one step away from everybody who can commit.
 */
final class MembershipTracker {
    private final Raft raft;
    private final RaftLog log;
    private Membership active;
    private boolean changed;

    MembershipTracker(Raft raft, Membership initial) {
        this.raft = raft;
        this.log = raft.log();
        this.active = initial;
    }

    Membership active() {
        return active;
    }

    /** Whether another configuration has become active since this was last asked. */
    boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    boolean hasChanged() {
        return changed;
    }

    /** 0 if the leader may propose the change, else one of {@link ProposeResult}. */
    long refusal(MembershipChange change) {
        if (log.hasMembership()) {
            return ProposeResult.MEMBERSHIP_PENDING;
        }
        MembershipEdit edit = MembershipEdit.of(active, change);
        boolean fits =
                edit.refusal() == MembershipEdit.Refusal.NONE && edit.result().memberIds().length <= Limits.MEMBERS_MAX;
        return fits ? 0 : ProposeResult.MEMBERSHIP_INVALID;
    }

    /** Whether it is time to propose leaving a joint configuration. */
    boolean isDueToLeave() {
        return active.isJoint() && active.autoLeave() && !log.hasMembership();
    }

    /** Makes all changes active that are committed. Who has no configuration cannot change it. */
    void activate() {
        if (active.isEmpty()) {
            return;
        }
        long at = log.nextMembership();
        while (at != 0 && at <= log.committed()) {
            Entry entry = log.entry(at);
            MembershipChange change = MembershipChange.decode(entry.buffer(), entry.offset(), entry.length());
            log.takeMembership();
            MembershipEdit edit = MembershipEdit.of(active, change);
            if (edit.refusal() != MembershipEdit.Refusal.NONE) {
                throw new IllegalStateException(
                        "committed change " + at + " does not fit " + active + ": " + edit.refusal());
            }
            become(edit.result(), at);
            at = log.nextMembership();
        }
    }

    /** The configuration of a snapshot. */
    void restore(Membership restored) {
        become(restored, log.committed());
    }

    /** The configuration as of an entry, of a member that knew none. */
    void begin(long logIndex, Membership then) {
        log.skipMembershipsTo(logIndex);
        become(then, logIndex);
    }

    private void become(Membership next, long at) {
        active = next;
        changed = true;
        raft.trace().onMembership(raft.memberId(), at, active);
        raft.onMembership();
    }
}
