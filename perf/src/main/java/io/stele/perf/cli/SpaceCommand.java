package io.stele.perf.cli;

import io.stele.perf.load.KeySpace;
import io.stele.perf.load.LoadRunner;
import io.stele.perf.load.Target;
import io.stele.perf.report.Figures;
import io.stele.perf.space.SpaceRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stele-bench space}: whether disk space comes back by itself while the store serves. */
@Command(
        name = "space",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Loads keys, overwrites them all, compacting after each time, deletes nine of ten, compacts, and watches "
                    + "the node's data directory shrink while a light load of puts goes on.",
            "Exit code 1 if it does not shrink to --ratio times the live bytes within --within, or if a put took "
                    + "longer than --put-max meanwhile, unless a bare force of the same disk was as slow right then.",
            "Start with an empty node; etcd needs a --quota-backend-bytes of 8 GiB."
        })
final class SpaceCommand implements Callable<Integer> {
    private static final int KEPT_OF = 10;
    private static final int CONNECTIONS_MAX = 8;
    private static final String PREFIX = "space/";

    @Option(
            names = "--data-dir",
            required = true,
            paramLabel = "DIR",
            description = "The node's data directory, read from outside.")
    private Path dataDir;

    @Option(
            names = "--target",
            paramLabel = "stele|etcd",
            description = "What the endpoint speaks. Default: ${DEFAULT-VALUE}")
    private String target = "stele";

    @Option(names = "--endpoints", paramLabel = "HOST:PORT", description = "The node. Default: ${DEFAULT-VALUE}")
    private String endpoint = "127.0.0.1:2379";

    @Option(names = "--keys", paramLabel = "N", description = "A multiple of 10. Default: ${DEFAULT-VALUE}")
    private long keyCount = 1_000_000;

    @Option(
            names = "--value-size",
            paramLabel = "BYTES",
            converter = LengthConverter.class,
            description = "Default: 1KiB")
    private int valueSize = 1024;

    @Option(names = "--overwrites", paramLabel = "N", description = "Of all keys. Default: ${DEFAULT-VALUE}")
    private int overwrites = 5;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            description = "Operations under way while loading, overwriting and deleting. Default: ${DEFAULT-VALUE}")
    private int inFlight = 256;

    @Option(names = "--rate", paramLabel = "N", description = "Puts per second meanwhile. Default: ${DEFAULT-VALUE}")
    private long rate = 200;

    @Option(
            names = "--ratio",
            paramLabel = "N",
            description =
                    "Directory over live bytes, without two log segments and the reserve. Default: ${DEFAULT-VALUE}")
    private double ratio = 1.3;

    @Option(
            names = "--within",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long that may take. Default: 60s")
    private Duration within = Duration.ofSeconds(60);

    @Option(
            names = "--put-max",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long a put may take meanwhile. Default: any time")
    private Duration putMax;

    @Option(
            names = "--progress",
            paramLabel = "auto|always|never",
            description = "Live line. Default: ${DEFAULT-VALUE}")
    private String progress = "auto";

    @Spec
    private CommandSpec spec;

    private final Console console;

    SpaceCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        int connections = Math.min(CONNECTIONS_MAX, inFlight);
        KeySpace keys = new KeySpace(PREFIX, 32, keyCount, valueSize, 1);
        var plan = new SpaceRun.Plan(dataDir, overwrites, inFlight, rate, ratio, within.toSeconds(), 1);
        ProgressLine live = console.progress(progress);
        live.begin("space " + target);
        try (Target opened = console.targets().open(target, List.of(endpoint), connections, 1)) {
            console.out()
                    .println("space " + opened.describe() + ": " + Figures.count(keyCount) + " keys of "
                            + keys.keyLength() + " B, values of " + valueSize + " B");
            try (LoadRunner runner = new LoadRunner(opened, connections)) {
                return verdict(new SpaceRun(opened, runner, keys, plan, live, this::print).run());
            }
        } finally {
            live.end();
        }
    }

    private void print(String line) {
        console.out().println(line);
        console.out().flush();
    }

    private int verdict(SpaceRun.Outcome outcome) {
        boolean isSlow = putMax != null && outcome.ownPutNs() > putMax.toNanos();
        print(String.format(
                Locale.ROOT,
                "%s × live bytes %s %.1f s (wanted: %s within %d s)",
                Figures.count(Math.rint(outcome.ratio() * 100) / 100),
                outcome.reached() ? "after" : "still after",
                outcome.seconds(),
                ratio,
                within.toSeconds()));
        print(String.format(
                Locale.ROOT,
                "slowest put %s%s where the disk was not as slow itself, of all %s; slowest bare force %s, "
                        + "afterwards %s",
                Figures.time(outcome.ownPutNs()),
                putMax == null ? "" : " (wanted: " + Figures.time(putMax.toNanos()) + ")",
                Figures.time(outcome.putNs()),
                Figures.time(outcome.forceNs()),
                Figures.time(outcome.restNs())));
        return outcome.reached() && !isSlow ? 0 : 1;
    }

    private void check() {
        require(
                target.equals("stele") || target.equals("etcd"),
                "--target must be stele or etcd, not '" + target + "'");
        require(Files.isDirectory(dataDir), "--data-dir is not a directory: " + dataDir);
        require(keyCount >= KEPT_OF && keyCount % KEPT_OF == 0, "--keys must be a multiple of 10, not " + keyCount);
        require(keyCount <= 1_000_000_000L, "--keys must be 1000000000 or less, not " + keyCount);
        require(valueSize <= 1 << 20, "--value-size must be 1 MiB or less, not " + valueSize);
        require(overwrites >= 0, "--overwrites must be 0 or more, not " + overwrites);
        require(inFlight >= 1 && inFlight <= 4096, "--in-flight must be between 1 and 4096, not " + inFlight);
        require(rate >= 1 && rate <= 1_000_000, "--rate must be between 1 and 1000000, not " + rate);
        require(ratio > 0, "--ratio must be above 0, not " + ratio);
        require(
                List.of("auto", "always", "never").contains(progress),
                "--progress must be auto, always or never, not '" + progress + "'");
        try {
            endpoint = LoadOptions.endpoint(endpoint);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }
}
