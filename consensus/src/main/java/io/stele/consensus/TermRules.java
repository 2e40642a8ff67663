package io.stele.consensus;

/**
 * What a message's term means (§5.1), and who gets our vote (§5.2, §5.4.1; pre-vote and the protection of a live
 * leader: §9.6 and §6.4 of the dissertation).
 *
 * <p>Members that campaign at the same time would promise each other their votes, enter the next term all at once, and
 * split it. So one of them goes first: the fit before the reluctant, then the better log, then the higher id; the
 * others step aside for a while. That concerns promises only, which are not binding: votes are given as ever.
 */
final class TermRules {
    private final Raft raft;
    private final RaftConfig config;
    private final FollowerRole follower;

    TermRules(Raft raft, FollowerRole follower) {
        this.raft = raft;
        this.config = raft.config();
        this.follower = follower;
    }

    /** Adopts a higher term; false for a message that goes no further. */
    boolean admit(Message message) {
        if (message.term() > raft.term()) {
            return admitHigher(message);
        }
        if (message.term() < raft.term()) {
            answerLower(message);
            return false;
        }
        return true;
    }

    private boolean admitHigher(Message message) {
        MessageType type = message.type();
        boolean asksForVote = type == MessageType.PRE_VOTE || type == MessageType.VOTE;
        if (asksForVote && !message.flag() && config.checkQuorum() && hearsLeader()) {
            return false; // a leader lives here: not even the term is taken
        }
        boolean ofFutureTerm = type == MessageType.PRE_VOTE || (type == MessageType.PRE_VOTE_REPLY && !message.flag());
        if (!ofFutureTerm) {
            raft.becomeFollower(message.term(), message.isFromLeader() ? message.from() : 0);
        }
        return true;
    }

    private boolean hearsLeader() {
        return raft.role() == Role.LEADER || follower.hearsLeader();
    }

    /**
     * A sender that is behind. It may be a leader that lost its office while it was cut off, or a member whose
     * requests nobody takes because its term is too low for us and our own requests are not taken for a leader lives:
     * in both cases only learning our term helps it.
     */
    private void answerLower(Message message) {
        if (message.isFromLeader() && (config.checkQuorum() || config.preVote())) {
            raft.send(MessageType.APPEND_REPLY, message.from()).flag(true);
        } else if (message.type() == MessageType.PRE_VOTE) {
            raft.sendElection(MessageType.PRE_VOTE_REPLY, message.from(), raft.term())
                    .flag(true);
        }
    }

    void answerVote(Message message) {
        boolean preVote = message.type() == MessageType.PRE_VOTE;
        boolean free = raft.vote() == message.from()
                || (raft.vote() == 0 && raft.leaderId() == 0)
                || (preVote && message.term() > raft.term());
        boolean grants = free
                && raft.log().isUpToDate(message.logIndex(), message.logTerm())
                && raft.pledge().isKeptBy(message.logIndex(), message.logTerm());
        if (grants && preVote && goesBefore(message)) {
            if (raft.role() == Role.FOLLOWER) {
                raft.campaign(false);
            }
            return; // no answer: it asks again, and if we have not succeeded by then it is its turn
        }
        MessageType reply = preVote ? MessageType.PRE_VOTE_REPLY : MessageType.VOTE_REPLY;
        // A grant carries the term asked for, a refusal ours: a pre-candidate that is behind learns it.
        raft.sendElection(reply, message.from(), grants ? message.term() : raft.term())
                .flag(!grants);
        if (grants && !preVote) {
            follower.restartTimer();
            raft.voteFor(message.from());
        } else if (grants) {
            stepAside();
        }
    }

    /** Whether this member campaigns before one that asks for its promise, and has a log that is as good as ours. */
    private boolean goesBefore(Message rival) {
        boolean campaigns = raft.role() == Role.PRE_CANDIDATE;
        if (!raft.mayCampaign() || (campaigns ? !follower.isFresh() : raft.role() != Role.FOLLOWER)) {
            return false; // one that has campaigned for long and has not succeeded does not stand in others' way
        }
        if (rival.term() > raft.term() + 1) {
            return false; // it is ahead of us
        }
        boolean logsAreEqual = rival.logIndex() == raft.log().lastIndex()
                && rival.logTerm() == raft.log().lastTerm();
        boolean isReluctant = raft.fitness() == Fitness.RELUCTANT;
        boolean rivalIsReluctant = rival.round() == Message.RELUCTANT;
        if (!logsAreEqual || isReluctant != rivalIsReluctant) {
            return logsAreEqual && rivalIsReluctant;
        }
        return campaigns && raft.memberId() > rival.from();
    }

    private void stepAside() {
        if (raft.role() == Role.PRE_CANDIDATE) {
            raft.becomeFollower(raft.term(), 0);
        }
        if (raft.role() == Role.FOLLOWER) {
            follower.giveWay();
        }
    }
}
