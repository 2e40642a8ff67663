package io.stele.perf.cli;

import io.stele.perf.load.Scenario;
import io.stele.perf.report.Figures;
import io.stele.perf.report.SuiteReport;
import io.stele.perf.report.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code stele-bench suite}: the comparisons that the project's promises are about, the targets taking turns so that
 * whatever else the machine does falls on all alike; medians over the rounds.
 *
 * <p>etcd 3.4 copies its read buffer for every read, at the length to which the largest batch of writes ever grew it:
 * for its best gets, start it anew after the key space is loaded and run {@code --only get-256}.
 */
@Command(
        name = "suite",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Runs puts (1 and 256 in flight), gets, txns and a large list against each target in turn, and "
                + "prints the medians and their ratios.")
final class SuiteCommand implements Callable<Integer> {
    /** Name, scenario and the options that make it what it is. */
    private record Item(String name, Scenario scenario, List<String> options) {}

    private static final List<Item> ITEMS = List.of(
            new Item("put-1", Scenario.PUT, List.of("--clients=1")),
            new Item("put-256", Scenario.PUT, List.of("--clients=256")),
            new Item("get-256", Scenario.RANGE, List.of("--clients=256")),
            new Item("txn-256", Scenario.TXN, List.of("--clients=256")),
            new Item("list-50k", Scenario.LIST, List.of("--clients=1", "--key-space=50000", "--value-size=3KiB")));

    @Option(
            names = "--endpoints",
            split = ",",
            required = true,
            paramLabel = "TARGET=HOST:PORT",
            description = "Such as stele=127.0.0.1:2379,etcd=127.0.0.1:3379; a target may have several.")
    private List<String> endpoints = List.of();

    @Option(names = "--rounds", paramLabel = "N", description = "Turns of every target. Default: ${DEFAULT-VALUE}")
    private int rounds = 3;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Of each measurement. Default: 10s")
    private Duration duration = Duration.ofSeconds(10);

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Before each measurement. Default: 3s")
    private Duration warmUp = Duration.ofSeconds(3);

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "NAME",
            description = "Some of put-1, put-256, get-256, txn-256, list-50k.")
    private List<String> only = List.of();

    @Option(names = "--connections", paramLabel = "N", description = "As for a single run.")
    private int connections;

    @Option(names = "--io-threads", paramLabel = "N", description = "As for a single run.")
    private int ioThreads = 1;

    @Option(
            names = "--disk-dir",
            paramLabel = "DIR",
            description = "Set one put at a time against a bare write and fdatasync there.")
    private Path diskDir;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Write index.html over all there, and every run's own report in a directory below.")
    private Path report;

    @Option(
            names = "--progress",
            paramLabel = "auto|always|never",
            description = "Live line. Default: ${DEFAULT-VALUE}")
    private String progress = "auto";

    @Spec
    private CommandSpec spec;

    private final Console console;

    SuiteCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        Map<String, List<String>> targets = targets();
        List<Item> items = items();
        SuiteReport suite = new SuiteReport(List.copyOf(targets.keySet()));
        for (Item item : items) {
            concluded(item, "stele", List.of("127.0.0.1:1"), 0); // wrong options are told before the first run
        }
        for (int round = 1; round <= rounds; round++) {
            for (Item item : items) {
                for (Map.Entry<String, List<String>> target : targets.entrySet()) {
                    LoadOptions options = concluded(item, target.getKey(), target.getValue(), round);
                    Summary summary = new RunProcedure(console, item.scenario(), options).run();
                    suite.add(item.name(), target.getKey(), summary);
                    console.out().println(line(round, item, target.getKey(), summary));
                    console.out().flush();
                }
            }
        }
        console.out().print("\n" + suite.text());
        writeReport(suite);
        return CommandLine.ExitCode.OK;
    }

    private static String line(int round, Item item, String target, Summary summary) {
        return "round " + round + "  " + item.name() + "  " + target + "  "
                + Figures.count(summary.throughput()) + "/s  p50 "
                + Figures.time(summary.latency().p50())
                + "  p99 " + Figures.time(summary.latency().p99())
                + (summary.disk() == null
                        ? ""
                        : "  fdatasync p50 " + Figures.time(summary.disk().p50()))
                + (summary.errorCount() == 0 ? "" : "  errors " + Figures.count(summary.errorCount()));
    }

    private void writeReport(SuiteReport suite) throws IOException {
        if (report != null) {
            Files.createDirectories(report);
            Files.writeString(report.resolve("index.html"), suite.html());
            console.out().println("report  " + report.resolve("index.html"));
        }
    }

    private Map<String, List<String>> targets() {
        Map<String, List<String>> targets = new LinkedHashMap<>();
        for (String endpoint : endpoints) {
            int equals = endpoint.indexOf('=');
            if (equals <= 0) {
                throw wrong("--endpoints needs TARGET=HOST:PORT, not '" + endpoint + "'");
            }
            targets.computeIfAbsent(endpoint.substring(0, equals), name -> new ArrayList<>())
                    .add(endpoint.substring(equals + 1));
        }
        if (rounds < 1) {
            throw wrong("--rounds must be 1 or more, not " + rounds);
        }
        return targets;
    }

    private List<Item> items() {
        List<Item> chosen = new ArrayList<>(ITEMS);
        if (!only.isEmpty()) {
            List<String> names = ITEMS.stream().map(Item::name).toList();
            for (String name : only) {
                if (!names.contains(name)) {
                    throw wrong("--only knows " + String.join(", ", names) + ", not '" + name + "'");
                }
            }
            chosen.removeIf(item -> !only.contains(item.name()));
        }
        return chosen;
    }

    private LoadOptions concluded(Item item, String target, List<String> members, int round) {
        LoadOptions options =
                CommandLine.populateCommand(new LoadOptions(), item.options().toArray(new String[0]));
        options.target = target;
        options.endpoints = members;
        options.duration = duration;
        options.warmUp = warmUp;
        options.connections = Math.min(connections, options.clients);
        options.ioThreads = ioThreads;
        options.progress = progress;
        options.diskDir = item.name().equals("put-1") ? diskDir : null;
        options.report = report == null ? null : report.resolve(item.name() + "-" + target + "-" + round);
        try {
            options.conclude(item.scenario());
        } catch (IllegalArgumentException e) {
            throw wrong(e.getMessage());
        }
        return options;
    }

    private ParameterException wrong(String why) {
        return new ParameterException(spec.commandLine(), why);
    }
}
