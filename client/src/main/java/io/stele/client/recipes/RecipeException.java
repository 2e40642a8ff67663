package io.stele.client.recipes;

/** A recipe cannot go on, for a reason of its own. */
public final class RecipeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Kind of reason. */
    public enum Reason {
        /** Another one has it. */
        LOCKED("mutex: Locked by another session"),
        /** The session's lease has ended, and with it the place in the queue. */
        SESSION_EXPIRED("mutex: session is expired"),
        /** Somebody else leads, or nobody. */
        NOT_LEADER("election: not leader"),
        NO_LEADER("election: no leader"),
        /** It was held already. */
        HELD("barrier: already held"),
        /** As many as it is for are in the barrier. */
        TOO_MANY("too many clients");

        private final String text;

        Reason(String text) {
            this.text = text;
        }
    }

    private final Reason reason;

    RecipeException(Reason reason) {
        super(reason.text);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
