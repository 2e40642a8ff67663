package io.stele.consensus;

import io.stele.consensus.membership.Membership;
import io.stele.consensus.quorum.Quorum;
import io.stele.consensus.quorum.VoteResult;
import org.agrona.collections.LongArrayList;

/** Who has answered in one election; the first answer counts. */
final class VoteTally {
    private final LongArrayList granted = new LongArrayList();
    private final LongArrayList refused = new LongArrayList();

    void clear() {
        granted.clear();
        refused.clear();
    }

    void record(long memberId, boolean grants) {
        if (!has(memberId)) {
            (grants ? granted : refused).addLong(memberId);
        }
    }

    boolean has(long memberId) {
        return granted.containsLong(memberId) || refused.containsLong(memberId);
    }

    VoteResult result(Membership membership) {
        VoteResult incoming = Quorum.vote(
                votes(granted, membership, true), votes(refused, membership, true), membership.voterCount());
        VoteResult outgoing = Quorum.vote(
                votes(granted, membership, false), votes(refused, membership, false), membership.outgoingVoterCount());
        return Quorum.joint(incoming, outgoing);
    }

    private static int votes(LongArrayList from, Membership membership, boolean incoming) {
        int count = 0;
        for (int i = 0; i < from.size(); i++) {
            long memberId = from.getLong(i);
            boolean counts = incoming ? membership.isIncomingVoter(memberId) : membership.isOutgoingVoter(memberId);
            count += counts ? 1 : 0;
        }
        return count;
    }
}
