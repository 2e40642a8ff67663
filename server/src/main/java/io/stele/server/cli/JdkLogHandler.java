package io.stele.server.cli;

import java.text.MessageFormat;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands what libraries say to the JDK's logging on to this server's; nothing below a warning. */
final class JdkLogHandler extends Handler {
    JdkLogHandler() {
        setLevel(Level.WARNING);
    }

    @Override
    public void publish(LogRecord line) {
        if (!isLoggable(line)) {
            return;
        }
        String name = line.getLoggerName() == null ? "jdk" : line.getLoggerName();
        Logger log = LoggerFactory.getLogger(name);
        String text = line.getMessage();
        if (line.getParameters() != null && line.getParameters().length > 0) {
            text = MessageFormat.format(text, line.getParameters());
        }
        if (line.getLevel().intValue() >= Level.SEVERE.intValue()) {
            log.error(text, line.getThrown());
        } else {
            log.warn(text, line.getThrown());
        }
    }

    @Override
    public void flush() {
        // every line is on its way
    }

    @Override
    public void close() {
        // nothing is held
    }
}
