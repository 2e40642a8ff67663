package io.stele.client.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/*
 * Standard input, output and error as streams of bytes. What is printed is an octet string (see Octets).
 *
 * Output is collected in a buffer: flushed when a command ends, and before anything goes to standard error, so that the
 * two keep their order on a terminal.
 */
final class Console {
    private static final int BUFFER_LENGTH = 64 * 1024;

    private final InputStream in;
    private final OutputStream out;
    private final OutputStream err;
    private final byte[] buffer = new byte[BUFFER_LENGTH];
    private int buffered;

    Console(InputStream in, OutputStream out, OutputStream err) {
        this.in = in instanceof BufferedInputStream ? in : new BufferedInputStream(in);
        this.out = out;
        this.err = err;
    }

    void print(String octets) {
        int length = octets.length();
        for (int done = 0; done < length; ) {
            if (buffered == BUFFER_LENGTH) {
                drain();
            }
            int count = Math.min(length - done, BUFFER_LENGTH - buffered);
            copy(octets, done, count);
            done += count;
        }
    }

    void println(String octets) {
        print(octets);
        print("\n");
    }

    void print(byte[] bytes) {
        if (bytes.length > BUFFER_LENGTH - buffered) {
            drain();
        }
        if (bytes.length > BUFFER_LENGTH) {
            write(out, bytes, bytes.length);
        } else {
            System.arraycopy(bytes, 0, buffer, buffered, bytes.length);
            buffered += bytes.length;
        }
    }

    void flush() {
        drain();
        try {
            out.flush();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    void complain(String octets) {
        flush();
        byte[] line = Octets.bytes(octets + "\n");
        write(err, line, line.length);
        try {
            err.flush();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** The next line without its end, or null where the input is over. */
    String readLine() {
        ByteArrayOutputStream line = new ByteArrayOutputStream(80);
        try {
            int next = in.read();
            if (next < 0) {
                return null;
            }
            for (; next >= 0 && next != '\n'; next = in.read()) {
                line.write(next);
            }
        } catch (IOException e) {
            throw failure(e);
        }
        return Octets.of(line.toByteArray());
    }

    /** A line that a terminal does not show. */
    @SuppressWarnings("SystemConsoleNull") // where there is a console without a terminal, it reads the same input
    String readPassword(String prompt) {
        java.io.Console terminal = System.console();
        if (terminal == null) {
            print(prompt);
            flush();
            return readLine();
        }
        char[] password = terminal.readPassword("%s", Octets.text(prompt));
        return password == null ? null : Octets.utf8(new String(password));
    }

    String readAll() {
        try {
            return Octets.of(in.readAllBytes());
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @SuppressWarnings("deprecation") // getBytes of the low byte of each char is exactly what an octet string needs
    private void copy(String octets, int from, int count) {
        octets.getBytes(from, from + count, buffer, buffered);
        buffered += count;
    }

    private void drain() {
        int length = buffered;
        buffered = 0;
        write(out, buffer, length);
    }

    private static void write(OutputStream stream, byte[] bytes, int length) {
        if (length > 0) {
            try {
                stream.write(bytes, 0, length);
            } catch (IOException e) {
                throw failure(e);
            }
        }
    }

    private static CliException failure(IOException e) {
        String reason = String.valueOf(e.getMessage());
        return reason.contains("Broken pipe")
                ? new CliException(CliException.BROKEN_PIPE, "")
                : new CliException(CliException.IO, Octets.utf8(reason));
    }
}
