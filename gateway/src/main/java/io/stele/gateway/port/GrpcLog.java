package io.stele.gateway.port;

import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * What gRPC has to say, one line each, in this server's log and form. Nothing below a warning: that a client's
 * connection broke, or was broken off for what the client sent, is none, however often it happens.
 */
public final class GrpcLog extends Handler {
    /** Held on to: a logger that nobody knows forgets how it was set. */
    private final Logger logger = Logger.getLogger("io.grpc");

    private final Consumer<String> log;

    public GrpcLog(Consumer<String> log) {
        this.log = log;
        setLevel(Level.WARNING);
        logger.setLevel(Level.WARNING);
        logger.setUseParentHandlers(false);
        logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord line) {
        if (isLoggable(line)) {
            String cause = line.getThrown() == null ? "" : ": " + line.getThrown();
            log.accept("gRPC: " + line.getMessage() + cause);
        }
    }

    @Override
    public void flush() {
        // every line is on its way
    }

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
