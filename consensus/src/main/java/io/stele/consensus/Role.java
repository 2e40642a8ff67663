package io.stele.consensus;

/** What a member is at the moment. */
public enum Role {
    FOLLOWER,
    /** Asks whether it could win, without disturbing anybody by a higher term. */
    PRE_CANDIDATE,
    CANDIDATE,
    LEADER
}
