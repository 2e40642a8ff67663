package io.stele.client;

import io.stele.transport.codec.ErrorCode;

/**
 * A write failed of which nobody can say whether it was done, or still will be: its reply did not come in time, and it
 * could not be sent again without perhaps doing it twice.
 */
public final class UnknownOutcomeException extends SteleException {
    private static final long serialVersionUID = 1L;

    public UnknownOutcomeException(ErrorCode code, String message) {
        super(code, Outcome.UNKNOWN, message);
    }
}
