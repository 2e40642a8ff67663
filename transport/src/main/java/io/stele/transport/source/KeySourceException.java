package io.stele.transport.source;

/** Why a source cannot be read, in one line that says what to do. */
public final class KeySourceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public KeySourceException(String message) {
        super(message);
    }
}
