package io.stele.consensus.quorum;

/** Where an election stands. */
public enum VoteResult {
    /** Neither side can be sure yet. */
    PENDING,
    /** Enough voters have refused: it cannot be won any more. */
    LOST,
    /** A quorum has granted. */
    WON
}
