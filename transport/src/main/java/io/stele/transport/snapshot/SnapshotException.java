package io.stele.transport.snapshot;

/** A file is no snapshot, or a damaged one; the message is one line that says which. */
public final class SnapshotException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public SnapshotException(String message) {
        super(message);
    }

    public SnapshotException(String message, Throwable cause) {
        super(message, cause);
    }
}
