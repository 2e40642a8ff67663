package io.stele.perf.cli;

import io.stele.perf.load.Session;
import io.stele.perf.load.Target;
import io.stele.perf.report.Figures;
import io.stele.perf.watch.WatchPlan;
import io.stele.perf.watch.WatchResult;
import io.stele.perf.watch.WatchRun;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stele-bench watch}: how late events come, and whether all of them do. */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Puts at a rate while many watch, and checks that each watcher gets exactly the log, once and in order.",
            "Lag is from the sending of a put to its event. With --behind the watchers start so many puts late; with "
                    + "--stall-connections some connections stop reading from time to time.",
            "Exit code 1 if anything was lost, repeated or out of order. Nobody else may write."
        })
final class WatchCommand implements Callable<Integer> {
    @Option(
            names = "--target",
            paramLabel = "stele|etcd",
            description = "What the endpoints speak. Default: ${DEFAULT-VALUE}")
    private String target = "stele";

    @Option(
            names = "--endpoints",
            split = ",",
            paramLabel = "HOST:PORT",
            description = "Comma-separated. Default: ${DEFAULT-VALUE}")
    private List<String> endpoints = List.of("127.0.0.1:2379");

    @Option(names = "--watchers", paramLabel = "N", description = "Of all keys. Default: ${DEFAULT-VALUE}")
    private int watchers = 1000;

    @Option(names = "--key-watchers", paramLabel = "N", description = "Of one key each. Default: ${DEFAULT-VALUE}")
    private int keyWatchers;

    @Option(names = "--connections", paramLabel = "N", description = "They share them. Default: ${DEFAULT-VALUE}")
    private int connections = 20;

    @Option(names = "--rate", paramLabel = "N", description = "Puts per second. Default: ${DEFAULT-VALUE}")
    private long rate = 1000;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Default: 10s")
    private Duration duration = Duration.ofSeconds(10);

    @Option(names = "--keys", paramLabel = "N", description = "That are written. Default: ${DEFAULT-VALUE}")
    private long keys = 1000;

    @Option(
            names = "--value-size",
            paramLabel = "BYTES",
            converter = LengthConverter.class,
            description = "At least 24. Default: 256")
    private int valueSize = 256;

    @Option(
            names = "--behind",
            paramLabel = "N",
            description = "Puts before the watchers start, at the first of them. Default: none")
    private long behind;

    @Option(
            names = "--stall-connections",
            paramLabel = "N",
            description = "Connections that stop reading. Default: none")
    private int stallConnections;

    @Option(
            names = "--stall",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "For how long. Default: 20s")
    private Duration stall = Duration.ofSeconds(20);

    @Option(
            names = "--stall-every",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How often. Default: 60s")
    private Duration stallEvery = Duration.ofSeconds(60);

    @Spec
    private CommandSpec spec;

    private final Console console;

    WatchCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (connections < 1 || rate < 1 || keys < 1 || watchers + keyWatchers < 1 || valueSize < 24) {
            throw new ParameterException(spec.commandLine(), "counts and rates must be positive, values 24 bytes");
        }
        if (stallConnections > 0 && stall.compareTo(stallEvery) >= 0) {
            throw new ParameterException(spec.commandLine(), "--stall must be shorter than --stall-every");
        }
        WatchPlan plan = new WatchPlan(
                watchers,
                keyWatchers,
                connections,
                rate,
                (int) duration.toSeconds(),
                keys,
                valueSize,
                behind,
                Math.min(stallConnections, connections),
                (int) stall.toSeconds(),
                (int) stallEvery.toSeconds());
        WatchResult result;
        try (Target opened = console.targets().open(target, endpoints, 1, 1);
                Session session = opened.connect()) {
            console.out().println(opened.describe());
            result = WatchRun.run(plan, target, endpoints, session);
        }
        print(result);
        return result.violations().isEmpty() ? 0 : 1;
    }

    private void print(WatchResult result) {
        PrintWriter out = console.out();
        out.printf(
                Locale.ROOT,
                "%s watchers of all keys, %s of one, %d connections, %s puts/s%n",
                Figures.count(watchers),
                Figures.count(keyWatchers),
                connections,
                Figures.count(rate));
        out.printf(
                Locale.ROOT,
                "puts           %s, failed %s; %s%n",
                Figures.count(result.puts()),
                Figures.count(result.failedPuts()),
                times(result.putLatency()));
        if (result.catchUpLatency() != null) {
            out.printf(
                    Locale.ROOT,
                    "caught up      %s puts in %.2f s; puts meanwhile %s%n",
                    Figures.count(behind),
                    result.caughtUpNs() / 1e9,
                    times(result.catchUpLatency()));
        } else if (behind > 0) {
            out.println("caught up      not before the end");
        }
        out.printf(Locale.ROOT, "events         %s; lag %s%n", Figures.count(result.events()), times(result.lag()));
        out.printf(Locale.ROOT, "settled        %.2f s after the last put%n", result.settledNs() / 1e9);
        if (result.violations().isEmpty()) {
            out.println("verified       every watcher's events are the log's, once and in order");
        }
        for (String violation : result.violations()) {
            out.println("VIOLATION      " + violation);
        }
        out.flush();
    }

    private static String times(Histogram histogram) {
        return "p50 " + Figures.time(histogram.getValueAtPercentile(50)) + "  p99 "
                + Figures.time(histogram.getValueAtPercentile(99)) + "  p99.9 "
                + Figures.time(histogram.getValueAtPercentile(99.9)) + "  max "
                + Figures.time(histogram.getMaxValue());
    }
}
