package io.stele.client.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HelpTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private String run(String... words) {
        out.reset();
        Console console = new Console(new ByteArrayInputStream(new byte[0]), out, out);
        Store.Connector none = (endpoints, dial, command) -> {
            throw new AssertionError("help needs no server");
        };
        assertEquals(0, Cli.run(List.of(words), new CliContext(Map.of(), console, none, ns -> {})));
        return Octets.of(out.toByteArray());
    }

    @Test
    void shouldExplainACommand() {
        String expected = """
                Removes the specified key or range of keys [key, range_end)

                Usage:
                  stelectl del [options] <key> [range_end]

                Flags:
                      --from-key   delete keys that are greater than or equal to the given key using byte compare
                      --prefix     delete keys with matching prefix
                      --prev-kv    return deleted key-value pairs
                      --range      delete range of keys

                Use "stelectl options" for a list of global command-line options (applies to all commands).
                """;
        assertEquals(expected, run("del", "--help"));
        assertEquals(expected, run("help", "del"));
        assertEquals(expected, run("del", "-h", "a"));
        assertEquals(expected, run("-h", "del", "a"));
    }

    @Test
    void shouldListGlobalFlags() {
        assertEquals("""
                The following options can be passed to any command:

                      --command-timeout duration   timeout for short running command \
                (excluding dial timeout) (default 5s)
                      --dial-timeout duration      dial timeout for client connections (default 2s)
                      --endpoints strings          servers, host:port (default [127.0.0.1:2379])
                  -h, --help                       help for the command
                      --hex                        print byte strings as hex encoded strings
                  -w, --write-out string           set the output format \
                (fields, json, simple, table) (default "simple")
                """, run("options"));
    }

    @Test
    void shouldExplainEveryCommand() {
        explain(CommandTable.ROOT);
    }

    private void explain(Command command) {
        String[] words =
                (command.path() + " --help").substring("stelectl ".length()).split(" ", -1);
        String text = run(words);
        assertTrue(text.contains("Usage:\n  " + command.path()), text);
        command.children().forEach(this::explain);
    }

    @Test
    void shouldListSubCommandsWhereOneIsMissing() {
        assertTrue(run("lease").contains("  grant      Creates leases\n"));
        assertEquals(run("help"), run());
    }
}
