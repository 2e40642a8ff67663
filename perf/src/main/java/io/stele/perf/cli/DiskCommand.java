package io.stele.perf.cli;

import io.stele.perf.load.DiskProbe;
import io.stele.perf.report.Latency;
import io.stele.perf.report.TextTable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code stele-bench disk}: what a durable write costs without a store around it. */
@Command(
        name = "disk",
        mixinStandardHelpOptions = true,
        description = "Measures a bare write and fdatasync, one at a time, to a file that is already full of zeros.")
final class DiskCommand implements Callable<Integer> {
    @Option(names = "--dir", paramLabel = "DIR", description = "Where. Default: the working directory")
    private final Path directory = Path.of("");

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            converter = LengthConverter.class,
            description = "Bytes per write. Default: ${DEFAULT-VALUE}")
    private int size = 256;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long. Default: 3s")
    private Duration duration = Duration.ofSeconds(3);

    private final Console console;

    DiskCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        Latency latency = Latency.of(DiskProbe.measure(directory.toAbsolutePath(), size, duration.toNanos()));
        console.out()
                .println("disk " + directory.toAbsolutePath() + ": write + fdatasync of " + size + " B, "
                        + latency.count() + " times");
        console.out().print(TextTable.format(ResultText.heading(), List.of(ResultText.row("latency", latency))));
        return 0;
    }
}
