package io.stele.server.config;

/** A flag, variable or file says something that cannot be used; the message is the one line shown to the operator. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }
}
