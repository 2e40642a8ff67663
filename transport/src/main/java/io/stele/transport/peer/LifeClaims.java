package io.stele.transport.peer;

/**
 * Which of the processes that claim to be a member is it: one member's lives, each known by its boot id.
 *
 * <p>The first life heard is believed. When another one speaks, a question goes to where the member lives, and nobody
 * but the process that listens there can answer it:
 *
 * <ul>
 *   <li>The one that is believed answers: it lives, and the other is a clone of it. It is told so.
 *   <li>The other one answers: the member has started again, and is believed from now on.
 *   <li>Nobody answers in {@value #PATIENCE_MS} ms: the believed one is not there any more. A new life is believed. One
 *       that was believed before must say much in a row, for it may only be a late frame of a dead process. (The dead
 *       send no more: somebody who goes on is the member after all. A receiver that has only just begun can have taken
 *       a late frame of a dead life for the member.)
 * </ul>
 *
 * <p>Each question has a number of its own, so that a late answer proves nothing. Time is told by the caller.
 */
final class LifeClaims {
    static final int LIVES_REMEMBERED = 64;
    static final int INSISTENT_PIECES = 32;
    static final long PATIENCE_MS = 500;

    private static final long NS_PER_MS = 1_000_000;
    private static final long PATIENCE_NS = PATIENCE_MS * NS_PER_MS;
    private static final long ASK_INTERVAL_NS = 50 * NS_PER_MS;

    /** Times that the believed one must have answered since another one spoke before that one is told to go. */
    private static final int ANSWERS_TO_REFUTE = 2;

    private final long[] earlierLives = new long[LIVES_REMEMBERED];
    private int earlierCount;
    private long bootId;

    private long claimantBootId;
    private long claimedNs;
    private long claimQuestion;
    private int claimPieces;
    private int claimAnswers;

    private long question;
    private long settledQuestion;
    private long askedNs;
    private boolean hasAsked;

    /** @param firstQuestion not the same in another life of the asking one */
    LifeClaims(long firstQuestion) {
        question = firstQuestion;
        settledQuestion = firstQuestion;
    }

    /** The life that is believed; 0 if none has been heard yet. */
    long believed() {
        return bootId;
    }

    boolean wasBelieved(long candidate) {
        for (int i = 0; i < Math.min(earlierCount, LIVES_REMEMBERED); i++) {
            if (earlierLives[i] == candidate) {
                return true;
            }
        }
        return false;
    }

    /** The believed life has said something. */
    void onBelieved() {
        claimPieces = 0;
    }

    /** Another life than the believed one has said something; whether it is believed from now on. */
    boolean onClaim(long claimant, long nowNs) {
        if (bootId == 0) {
            begin(claimant);
            return true;
        }
        if (claimant != claimantBootId) {
            claimantBootId = claimant;
            claimedNs = nowNs;
            claimQuestion = question + 1;
            claimPieces = 0;
            claimAnswers = 0;
        }
        claimPieces++;
        boolean isEnough = !wasBelieved(claimant) || claimPieces >= INSISTENT_PIECES;
        if (isEnough && nowNs - claimedNs >= PATIENCE_NS) {
            begin(claimant);
            return true;
        }
        return false;
    }

    /** Whether a question is due, after a claim. */
    boolean mustAsk(long nowNs) {
        return !hasAsked || question - claimQuestion < 0 || nowNs - askedNs >= ASK_INTERVAL_NS;
    }

    /** The number of the question that is put now. */
    long ask(long nowNs) {
        hasAsked = true;
        askedNs = nowNs;
        return ++question;
    }

    /** A life has answered from where the member lives; whether it is another one, which is believed from now on. */
    boolean onAnswer(long answering, long answered, long nowNs) {
        if (answered - settledQuestion <= 0 || answered - question > 0) {
            return false; // late, or never asked
        }
        if (answering != bootId) {
            settledQuestion = question;
            begin(answering);
            return true;
        }
        if (answered - claimQuestion >= 0) {
            settledQuestion = answered;
            claimAnswers++;
            claimPieces = 0;
            claimedNs = nowNs;
        }
        return false;
    }

    /** Whether it is certain that the claimant is not the member. */
    boolean isRefuted(long claimant) {
        return claimant == claimantBootId && claimAnswers >= ANSWERS_TO_REFUTE;
    }

    private void begin(long newBootId) {
        if (bootId != 0) {
            earlierLives[earlierCount++ % LIVES_REMEMBERED] = bootId;
        }
        bootId = newBootId;
        claimantBootId = 0;
        claimAnswers = 0;
        claimPieces = 0;
    }
}
