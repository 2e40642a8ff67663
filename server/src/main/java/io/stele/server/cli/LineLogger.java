package io.stele.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A stream whose lines go to the log: for those who print to the console past it. */
final class LineLogger extends OutputStream {
    private final Logger log;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    private LineLogger(String name) {
        log = LoggerFactory.getLogger(name);
    }

    static PrintStream stream(String name) {
        return new PrintStream(new LineLogger(name), true, UTF_8);
    }

    @Override
    public synchronized void write(int value) {
        if (value != '\n') {
            line.write(value);
        } else if (line.size() > 0) {
            log.warn(line.toString(UTF_8));
            line.reset();
        }
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            write(bytes[i]);
        }
    }
}
