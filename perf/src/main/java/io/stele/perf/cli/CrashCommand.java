package io.stele.perf.cli;

import io.stele.perf.crash.CrashLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code stele-bench crash}: kill -9 under load, restart, check every acknowledged write; many times. */
@Command(
        name = "crash",
        mixinStandardHelpOptions = true,
        description =
                "Kills a node under load with SIGKILL, restarts it and checks every acknowledged write, repeatedly.")
final class CrashCommand implements Callable<Integer> {
    @Option(names = "--rounds", description = "How many kills. Default: ${DEFAULT-VALUE}")
    private int rounds = 200;

    @Option(names = "--seed", description = "Of keys, lengths and moments. Default: taken from the clock and printed")
    private long seed = System.nanoTime();

    @Option(names = "--checkpoint-bytes", description = "Of the node: small, so that kills meet checkpoints.")
    private long checkpointBytes = 4 * 1024 * 1024;

    private final Console console;

    CrashCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("stele-crash");
        console.out().println("crash loop in " + directory + ", seed " + seed);
        List<String> flags = List.of("--checkpoint-bytes=" + checkpointBytes, "--wal-segment-bytes=" + 4 * 1024 * 1024);
        CrashLoop loop = new CrashLoop(directory, seed, flags, console.out()::println);
        List<String> violations = loop.run(rounds);
        violations.forEach(violation -> console.out().println("VIOLATION " + violation));
        if (!violations.isEmpty()) {
            console.out().println("the data directory is kept: " + directory);
            return 1;
        }
        console.out().println(rounds + " kills, " + loop.acknowledgedCount() + " acknowledged writes, 0 lost");
        deleteTree(directory);
        return 0;
    }

    private static void deleteTree(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
