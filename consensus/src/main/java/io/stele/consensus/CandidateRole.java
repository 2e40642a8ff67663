package io.stele.consensus;

import io.stele.consensus.quorum.VoteResult;

/**
 * A candidate, in one of two rounds. As pre-candidate it asks who would vote for it in the next term, changing
 * nothing; with a quorum of such promises it enters the term, votes for itself and asks in earnest. Its own vote
 * counts once it is durable, like everybody else's.
 *
 * <p>Who does not answer is asked again: a member that still hears the leader says nothing, and a little later it may
 * not hear it any more.
 */
final class CandidateRole {
    private final Raft raft;
    private final VoteTally tally = new VoteTally();
    private boolean byTransfer;

    CandidateRole(Raft raft) {
        this.raft = raft;
    }

    /** Asks everybody. */
    void begin(boolean transfers) {
        tally.clear();
        byTransfer = transfers;
        ask();
        if (raft.role() == Role.PRE_CANDIDATE) {
            count(raft.memberId(), true);
        }
    }

    /** Asks those who have not answered. */
    void ask() {
        boolean preVote = raft.role() == Role.PRE_CANDIDATE;
        MessageType type = preVote ? MessageType.PRE_VOTE : MessageType.VOTE;
        long term = preVote ? raft.term() + 1 : raft.term();
        long round = preVote && raft.fitness() == Fitness.RELUCTANT ? Message.RELUCTANT : 0;
        for (long memberId : raft.membership().memberIds()) {
            if (memberId != raft.memberId() && raft.membership().isVoter(memberId) && !tally.has(memberId)) {
                raft.sendElection(type, memberId, term)
                        .log(raft.log().lastIndex(), raft.log().lastTerm())
                        .round(round)
                        .flag(byTransfer);
            }
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
