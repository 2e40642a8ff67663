package io.stele.client.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Output, errors and exit codes are those that were recorded from etcdctl, byte for byte. */
final class ScriptTest {
    private static final Path SCRIPTS = Path.of("src/test/resources/io/stele/client/cli");

    static Stream<String> scripts() throws IOException {
        try (Stream<Path> files = Files.list(SCRIPTS)) {
            List<String> names =
                    files.map(file -> file.getFileName().toString()).sorted().toList();
            assertTrue(names.size() >= 5, "scripts are missing: " + names);
            return names.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void shouldSayWhatEtcdctlSays(String name) throws IOException {
        FakeStore store = new FakeStore();
        for (Script.Step step : Script.read(SCRIPTS.resolve(name)).steps) {
            Script.Outcome outcome = run(store, step);
            assertEquals(expected(step), outcome.toString(), () -> name + ": $ " + step.command);
        }
    }

    private static String expected(Script.Step step) {
        return withLeases(step.outcome.toString());
    }

    private static String withLeases(String text) {
        String result = text;
        for (int i = 1; i <= 4; i++) {
            long id = FakeStore.FIRST_LEASE + i - 1;
            result = result.replace("{L" + i + "}", GoNumber.hex16(id)).replace("{D" + i + "}", String.valueOf(id));
        }
        return result;
    }

    private static Script.Outcome run(Store store, Script.Step step) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(new ByteArrayInputStream(Octets.bytes(step.input.toString())), out, err);
        Map<String, String> environment = new HashMap<>();
        for (String variable : step.environment) {
            int equals = variable.indexOf('=');
            environment.put("STELECTL_" + variable.substring(0, equals), variable.substring(equals + 1));
        }
        CliContext context = new CliContext(environment, console, (endpoints, dial, command) -> store, ns -> {});
        Script.Outcome outcome = new Script.Outcome();
        outcome.exitCode = Cli.run(Words.split(withLeases(step.command)), context);
        outcome.output.addAll(Script.lines(Octets.of(out.toByteArray())));
        outcome.errors.addAll(Script.lines(Octets.of(err.toByteArray())));
        outcome.errors.removeIf(line -> line.startsWith("Run '"));
        return outcome;
    }
}
