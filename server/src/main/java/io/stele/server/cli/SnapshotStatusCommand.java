package io.stele.server.cli;

import io.stele.server.config.ConfigException;
import io.stele.transport.snapshot.SnapshotSummary;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stele snapshot status FILE}: verifies all of it, and says what it holds. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Verifies a snapshot, every byte of it, and says what it holds.")
final class SnapshotStatusCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The snapshot.")
    private Path file;

    @Option(
            names = {"-w", "--write-out"},
            defaultValue = "simple",
            description = "simple, json, fields or table (default: ${DEFAULT-VALUE}).")
    private String format;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (!SnapshotSummary.FORMATS.contains(format)) {
            throw new ConfigException("--write-out must be simple, json, fields or table, got '" + format + "'");
        }
        SnapshotSummary summary = SnapshotSummary.of(file);
        summary.lines(format).forEach(spec.commandLine().getOut()::println);
        spec.commandLine().getOut().flush();
        return 0;
    }
}
