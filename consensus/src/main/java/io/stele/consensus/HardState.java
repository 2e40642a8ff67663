package io.stele.consensus;

/**
 * What a member must never forget, and where its state machine stands when it starts.
 *
 * @param term the highest term it has seen; forced before anything of that term leaves
 * @param vote whom it has voted for in that term, 0 for nobody; forced likewise
 * @param applied up to where the state machine has applied; what is applied is committed. The commit index itself
 *     needs no forcing: a leader tells it again
 */
public record HardState(long term, long vote, long applied) {
    /** A member that has never run. */
    public static final HardState INITIAL = new HardState(0, 0, 0);

    /** Checks what can be checked. */
    public HardState {
        if (term < 0 || applied < 0 || (term == 0 && (vote != 0 || applied != 0))) {
            throw new IllegalArgumentException("impossible: term " + term + ", vote " + vote + ", applied " + applied);
        }
    }
}
