package io.stele.client;

import io.stele.transport.codec.ErrorCode;

/** A request failed. The message is the server's own, word for word, where it came from there. */
public class SteleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final Outcome outcome;

    public SteleException(ErrorCode code, Outcome outcome, String message) {
        super(message);
        this.code = code;
        this.outcome = outcome;
    }

    public ErrorCode code() {
        return code;
    }

    /** For a write: whether it can be said that it had no effect. */
    public Outcome outcome() {
        return outcome;
    }

    public boolean isOutcomeUnknown() {
        return outcome == Outcome.UNKNOWN;
    }
}
