package io.stele.gateway.v2;

import io.grpc.Status;
import io.stele.transport.ApiError;

/** A request that is answered with an error. */
final class KeysException extends Exception {
    private static final long serialVersionUID = 1L;

    final KeysError error;
    final String cause;
    final long index;

    /** {@code index}: newest index when it was found out; 0 when nobody looked. */
    KeysException(KeysError error, String cause, long index) {
        super(error.text + " (" + cause + ")", null, false, false);
        this.error = error;
        this.cause = cause;
        this.index = index;
    }

    /** What the node refuses. */
    static KeysException of(Status status) {
        String text = status.getDescription() == null ? status.getCode().name() : status.getDescription();
        if (status.getCode() == Status.Code.UNAUTHENTICATED
                || status.getCode() == Status.Code.PERMISSION_DENIED
                || text.equals(ApiError.USER_NAME_EMPTY.text())) {
            return new KeysException(KeysError.UNAUTHORIZED, "Insufficient credentials", 0);
        }
        boolean isElection = text.equals(ApiError.NO_LEADER.text()) || text.equals(ApiError.LEADER_CHANGED.text());
        return new KeysException(isElection ? KeysError.LEADER_ELECTION : KeysError.RAFT_INTERNAL, text, 0);
    }
}
