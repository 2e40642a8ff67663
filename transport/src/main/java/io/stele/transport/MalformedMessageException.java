package io.stele.transport;

/** Bytes that are not what the schema says. Ends the connection that they came from. */
public final class MalformedMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedMessageException(String message) {
        super(message);
    }
}
