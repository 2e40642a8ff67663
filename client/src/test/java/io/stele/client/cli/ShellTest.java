package io.stele.client.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ShellTest {
    private final FakeStore store = new FakeStore();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private int connectCount;

    private int run(OutputStream output, String input, String... words) {
        Console console = new Console(new ByteArrayInputStream(Octets.bytes(input)), output, err);
        Store.Connector connector = (endpoints, dial, command) -> {
            connectCount++;
            return store;
        };
        return Cli.run(List.of(words), new CliContext(Map.of(), console, connector, ns -> {}));
    }

    private int shell(String input, String... flags) {
        String[] words = new String[flags.length + 1];
        words[0] = "shell";
        System.arraycopy(flags, 0, words, 1, flags.length);
        return run(out, input, words);
    }

    private String out() {
        return Octets.of(out.toByteArray());
    }

    private String err() {
        return Octets.of(err.toByteArray());
    }

    @Test
    void shouldRunEachLineOverOneConnection() {
        int exitCode = shell("put a 1\nput b \"two words\"\n\n# nothing\nget a b0\nget '' --prefix\n");
        assertEquals("OK\nOK\na\n1\nb\ntwo words\na\n1\nb\ntwo words\n", out());
        assertEquals("", err());
        assertEquals(0, exitCode);
        assertEquals(1, connectCount);
        assertEquals(1, store.closedCount);
    }

    @Test
    void shouldRunALastLineWithoutAnEnd() {
        assertEquals(0, shell("put a 1\nget a"));
        assertEquals("OK\na\n1\n", out());
    }

    @Test
    void shouldGoOnAfterAnErrorAndFailInTheEnd() {
        int exitCode = shell("put a 1\nbogus\nget a --bad\nget \"a\nget a\n");
        assertEquals("OK\na\n1\n", out());
        assertEquals("""
                Error: unknown command "bogus" for "stelectl"
                Run 'stelectl --help' for usage.
                Error: unknown flag: --bad
                Run 'stelectl get --help' for usage.
                Error: unterminated " at column 5 of: get "a
                """, err());
        assertEquals(1, exitCode);
    }

    @Test
    void shouldStopAtExit() {
        assertEquals(0, shell("put a 1\nexit\nput a 2\n"));
        assertEquals(0, shell("get a\n  quit  \nput a 2\n"));
        assertEquals("OK\na\n1\n", out());
    }

    @Test
    void shouldReadATransactionFromTheLinesThatFollow() {
        int exitCode = shell("put a 1\ntxn\nval(\"a\") = \"1\"\n\nput a 2\n\n\nget a\n");
        assertEquals("OK\nSUCCESS\n\nOK\na\n2\n", out());
        assertEquals(0, exitCode);
    }

    @Test
    void shouldTakeFlagsOfTheShellForAllLinesAndOfALineForItAlone() {
        assertEquals(0, shell("put a 1\nget a\nget a --hex=false\nget a\n", "--hex"));
        assertEquals("OK\n\\x61\n\\x31\na\n1\n\\x61\n\\x31\n", out());
        assertEquals(1, connectCount);
    }

    @Test
    void shouldConnectElsewhereWhereALineSaysSo() {
        assertEquals(0, shell("put a 1\nget a --endpoints other:1\nget a --endpoints other:1\n"));
        assertEquals(2, connectCount);
    }

    @Test
    void shouldNotTakeAValueFromItsOwnInput() {
        int exitCode = shell("put a\nput b 1\n");
        assertEquals("OK\n", out());
        assertEquals("Error: put command needs 1 argument and input from stdin or 2 arguments\n", err());
        assertEquals(1, exitCode);
    }

    @Test
    void shouldRefuseAShellWithinAShell() {
        assertEquals(1, shell("shell\nput a 1\n"));
        assertEquals("Error: this is a shell already\n", err());
        assertEquals("OK\n", out());
        assertEquals(128, shell("", "x"));
    }

    @Test
    void shouldPassAnyByteThrough() {
        StringBuilder bytes = new StringBuilder();
        for (char c = 0; c < 256; c++) {
            bytes.append(c == '\n' ? "" : c);
        }
        String value = bytes.toString().replace("\\", "").replace("\"", "");
        assertEquals(0, shell("put k \"" + value + "\"\nget k --print-value-only\n"));
        assertEquals("OK\n" + value + "\n", out());
    }

    @Test
    void shouldEndQuietlyWhereNobodyReadsItsOutput() {
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        assertEquals(CliException.BROKEN_PIPE, run(closed, "put a 1\nput a 2\n", "shell"));
        assertEquals("", err());
        assertEquals(2, store.range(read("a")).header().revision());
    }

    @Test
    void shouldSayWhyOutputCouldNotBeWritten() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        assertEquals(CliException.IO, run(full, "", "put", "a", "1"));
        assertEquals("Error: No space left on device\n", err());
    }

    private static Operation.Range read(String key) {
        return new Operation.Range(
                key,
                "",
                0,
                0,
                Operation.Order.NONE,
                Operation.Target.KEY,
                new Operation.Bounds(0, 0, 0, 0),
                new Operation.Form(false, false, false));
    }
}
