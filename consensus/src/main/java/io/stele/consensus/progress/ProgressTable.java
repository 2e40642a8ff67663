package io.stele.consensus.progress;

import io.stele.consensus.membership.Membership;
import io.stele.consensus.quorum.Quorum;
import io.stele.consensus.quorum.VoteResult;

/** The progress of all members, ascending by id, and what their quorums agree on. */
public final class ProgressTable {
    private final int inflightMessagesMax;
    private final long inflightBytesMax;
    private Progress[] members = new Progress[0];
    private long[] incoming = new long[0];
    private long[] outgoing = new long[0];

    public ProgressTable(int inflightMessagesMax, long inflightBytesMax) {
        this.inflightMessagesMax = inflightMessagesMax;
        this.inflightBytesMax = inflightBytesMax;
    }

    /** Forgets everything: nothing is known of anybody. */
    public void reset(Membership membership, long next) {
        members = new Progress[0];
        update(membership, next);
    }

    /** Follows a membership change; who stays keeps its progress, who is new gets probed from {@code next} on. */
    public void update(Membership membership, long next) {
        long[] ids = membership.memberIds();
        Progress[] updated = new Progress[ids.length];
        for (int i = 0; i < ids.length; i++) {
            Progress known = get(ids[i]);
            updated[i] = known != null ? known : newProgress(ids[i], next);
            updated[i].voter(membership.isIncomingVoter(ids[i]), membership.isOutgoingVoter(ids[i]));
        }
        members = updated;
        incoming = new long[ids.length];
        outgoing = new long[ids.length];
    }

    public int count() {
        return members.length;
    }

    public Progress at(int place) {
        return members[place];
    }

    /** The progress of a member, null if it is none. */
    public Progress get(long memberId) {
        for (Progress member : members) {
            if (member.memberId() == memberId) {
                return member;
            }
        }
        return null;
    }

    /** The highest index that a quorum has made durable. */
    public long committed() {
        int in = 0;
        int out = 0;
        for (Progress member : members) {
            if (member.isIncomingVoter()) {
                incoming[in++] = member.match();
            }
            if (member.isOutgoingVoter()) {
                outgoing[out++] = member.match();
            }
        }
        return Math.min(Quorum.committed(incoming, in), Quorum.committed(outgoing, out));
    }

    /** The last heartbeat round that a quorum has answered. */
    public long confirmedRound() {
        int in = 0;
        int out = 0;
        for (Progress member : members) {
            if (member.isIncomingVoter()) {
                incoming[in++] = member.ackedRound();
            }
            if (member.isOutgoingVoter()) {
                outgoing[out++] = member.ackedRound();
            }
        }
        return Math.min(Quorum.committed(incoming, in), Quorum.committed(outgoing, out));
    }

    /** Whether a quorum has been heard lately. */
    public boolean quorumActive() {
        int in = 0;
        int out = 0;
        int activeIn = 0;
        int activeOut = 0;
        for (Progress member : members) {
            int heard = member.isActive() ? 1 : 0;
            if (member.isIncomingVoter()) {
                in++;
                activeIn += heard;
            }
            if (member.isOutgoingVoter()) {
                out++;
                activeOut += heard;
            }
        }
        VoteResult first = Quorum.vote(activeIn, in - activeIn, in);
        VoteResult second = Quorum.vote(activeOut, out - activeOut, out);
        return Quorum.joint(first, second) == VoteResult.WON;
    }

    private Progress newProgress(long memberId, long next) {
        Progress progress =
                new Progress(memberId, Math.max(1, next), new Inflights(inflightMessagesMax, inflightBytesMax));
        progress.active(true); // else a check of the quorum right after the change would miss it
        return progress;
    }
}
