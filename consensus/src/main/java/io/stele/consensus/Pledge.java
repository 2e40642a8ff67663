package io.stele.consensus;

import io.stele.consensus.log.RaftLog;

/**
 * What a member may have acknowledged and has no more. It is kept, and over, when either
 *
 * <ol>
 *   <li>the durable log is at least as good as the one that was lost: whatever is in it comes from a leader, and was
 *       elected by nobody who had less; or
 *   <li>a leader that counts on nothing any more that was lost, for it was told so in this life, has said up to where
 *       it has committed in its own term, and the durable log has got there. What was acknowledged behind that is not
 *       committed, and will not be on this member's word.
 * </ol>
 *
 * The leader shows that it was told with a token, which goes along with what the member answers, and comes back with
 * the leader's appends.
 */
final class Pledge {
    private final Raft raft;
    private final RaftLog log;
    private final long token;
    private long index;
    private long term;
    private long promisedIndex;
    private long promisedTerm;

    Pledge(Raft raft) {
        this.raft = raft;
        this.log = raft.log();
        token = raft.config().seed() >>> 1 | 1;
    }

    void make(long logIndex, long logTerm) {
        index = logIndex;
        term = logTerm;
    }

    /** What shows that a leader was told; no other life has the same. */
    long token() {
        return token;
    }

    boolean isOpen() {
        if (term != 0 && (isReached() || isPromiseKept())) {
            term = 0;
        }
        return term != 0;
    }

    private boolean isReached() {
        return reaches(log.durable(), log.term(log.durable()));
    }

    private boolean reaches(long logIndex, long logTerm) {
        return logTerm > term || (logTerm == term && logIndex >= index);
    }

    private boolean isPromiseKept() {
        if (promisedTerm == 0 || promisedTerm != raft.term() || log.durable() < promisedIndex) {
            return false;
        }
        boolean isOfOwnTerm = log.matches(promisedIndex, promisedTerm);
        promisedTerm = 0; // else the leader had committed nothing in its term yet: its next word counts
        return isOfOwnTerm;
    }

    /** An append has been taken, of the leader of the present term. */
    void onAppend(Message message) {
        if (term != 0 && message.round() == token && promisedTerm != message.term()) {
            promisedTerm = message.term();
            promisedIndex = message.commit();
        }
    }

    /** Whether a log that ends like this has all that was lost. */
    boolean isKeptBy(long otherLastIndex, long otherLastTerm) {
        return !isOpen() || reaches(otherLastIndex, otherLastTerm);
    }
}
