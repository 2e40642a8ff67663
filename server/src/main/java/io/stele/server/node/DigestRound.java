package io.stele.server.node;

import io.stele.consensus.membership.Membership;

/** What the members have answered to one question of the leader: the digest of their state as of one entry. */
final class DigestRound {
    private static final int NOBODY = -1;

    private long[] members = {};
    private boolean[] votes = {};
    private boolean[] answered = {};
    private long[] lows = {};
    private long[] highs = {};
    private Membership membership;
    private int voterCount;
    private int missing;
    private long logIndex;
    private long term;
    private boolean isOpen;

    void open(Membership present, long newTerm, long newLogIndex) {
        members = present.memberIds();
        votes = new boolean[members.length];
        answered = new boolean[members.length];
        lows = new long[members.length];
        highs = new long[members.length];
        for (int i = 0; i < members.length; i++) {
            votes[i] = present.isIncomingVoter(members[i]);
        }
        membership = present;
        voterCount = present.voterCount();
        missing = members.length;
        term = newTerm;
        logIndex = newLogIndex;
        isOpen = true;
    }

    void close() {
        isOpen = false;
    }

    boolean isOpen() {
        return isOpen;
    }

    /** Whether the question still has a meaning. */
    @SuppressWarnings("ReferenceEquality") // a membership is immutable: another one is another object
    boolean isOf(Membership present, long presentTerm) {
        return membership == present && term == presentTerm;
    }

    long logIndex() {
        return logIndex;
    }

    /** False if it says nothing new. */
    boolean answer(long memberId, long low, long high) {
        for (int i = 0; i < members.length; i++) {
            if (members[i] == memberId && !answered[i]) {
                answered[i] = true;
                lows[i] = low;
                highs[i] = high;
                missing--;
                return true;
            }
        }
        return false;
    }

    boolean isComplete() {
        return missing == 0;
    }

    int count() {
        return members.length;
    }

    long member(int place) {
        return members[place];
    }

    boolean isAnswered(int place) {
        return answered[place];
    }

    long low(int place) {
        return lows[place];
    }

    long high(int place) {
        return highs[place];
    }

    /** Whether two have answered differently, two voters if those alone are asked for. */
    boolean hasDifference(boolean amongVoters) {
        int first = NOBODY;
        for (int i = 0; i < members.length; i++) {
            boolean counts = answered[i] && (votes[i] || !amongVoters);
            if (counts && first == NOBODY) {
                first = i;
            } else if (counts && !agree(first, i)) {
                return true;
            }
        }
        return false;
    }

    /** One of those with whom a majority of the voters agrees; negative if there is none, yet or at all. */
    int majority() {
        for (int i = 0; i < members.length; i++) {
            int agreeing = 0;
            for (int j = 0; j < members.length; j++) {
                agreeing += votes[j] && answered[i] && answered[j] && agree(i, j) ? 1 : 0;
            }
            if (2 * agreeing > voterCount) {
                return i;
            }
        }
        return NOBODY;
    }

    boolean agree(int one, int other) {
        return lows[one] == lows[other] && highs[one] == highs[other];
    }
}
