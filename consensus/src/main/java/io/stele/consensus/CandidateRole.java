package io.stele.consensus;

import io.stele.consensus.quorum.VoteResult;

/**
 * A candidate, in one of two rounds. As pre-candidate it asks who would vote for it in the next term, changing
 * nothing; with a quorum of such promises it enters the term, votes for itself and asks in earnest. Its own vote
 * counts once it is durable, like everybody else's.
 */
final class CandidateRole {
    private final Raft raft;
    private final VoteTally tally = new VoteTally();

    CandidateRole(Raft raft) {
        this.raft = raft;
    }

    /** Asks everybody. */
    void begin(boolean byTransfer) {
        tally.clear();
        boolean preVote = raft.role() == Role.PRE_CANDIDATE;
        MessageType type = preVote ? MessageType.PRE_VOTE : MessageType.VOTE;
        long term = preVote ? raft.term() + 1 : raft.term();
        for (long memberId : raft.membership().memberIds()) {
            if (memberId != raft.memberId() && raft.membership().isVoter(memberId)) {
                raft.sendElection(type, memberId, term)
                        .log(raft.log().lastIndex(), raft.log().lastTerm())
                        .flag(byTransfer);
            }
        }
        if (preVote) {
            count(raft.memberId(), true);
        }
    }

    /** Our own vote is durable. */
    void onOwnVoteDurable() {
        count(raft.memberId(), true);
    }

    void onReply(Message message) {
        MessageType expected = raft.role() == Role.PRE_CANDIDATE ? MessageType.PRE_VOTE_REPLY : MessageType.VOTE_REPLY;
        if (message.type() == expected) {
            count(message.from(), !message.flag());
        }
    }

    private void count(long memberId, boolean grants) {
        tally.record(memberId, grants);
        VoteResult result = tally.result(raft.membership());
        switch (result) {
            case WON -> {
                if (raft.role() == Role.PRE_CANDIDATE) {
                    raft.becomeCandidate(false);
                } else {
                    raft.becomeLeader();
                }
            }
            case LOST -> raft.becomeFollower(raft.term(), 0);
            case PENDING -> {}
        }
    }
}
