package io.stele.consensus;

/** Whether a member should lead; the node says it, from what the core does not see: its disk, its state. */
public enum Fitness {
    FIT,
    /** It can lead but would do it badly: it campaigns, and says so, and those who are fit go before it. */
    RELUCTANT,
    /** It must not lead: it never campaigns. It votes and takes entries like everybody else. */
    UNFIT
}
