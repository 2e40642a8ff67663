package io.stele.simulator.cli;

import io.stele.simulator.Ports;
import io.stele.simulator.Simulation;
import io.stele.simulator.Sometimes;
import io.stele.simulator.Verdict;
import io.stele.simulator.Violation;
import io.stele.simulator.cluster.ClusterPorts;
import io.stele.simulator.cluster.ClusterSimulation;
import java.util.ArrayDeque;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The simulator: whole clusters in one thread, from seeds, with faults and checks. */
@Command(
        name = "stele-sim",
        mixinStandardHelpOptions = true,
        version = "stele-sim 0.1.0",
        sortOptions = false,
        subcommands = SweepCommand.class,
        description = {
            "Runs whole clusters, their network and their disks in one thread, from seeds, with faults and checks.",
            "One seed is one run, always the same. Without options: two hundred seeds.",
            "",
            "Exit code 0: nothing was violated. 1: a check was violated; what and how to replay it is printed.",
            ""
        })
public final class SimCommand implements Callable<Integer> {
    private static final long SEEDS_DEFAULT = 200;
    private static final int LINES_ON_FAILURE = 200;

    @Option(names = "--cluster", description = "run clusters: the default")
    private boolean cluster;

    @Option(names = "--node", description = "run single nodes, with more harm to their disks")
    private boolean node;

    @Option(names = "--seed", paramLabel = "N", description = "run one seed; if it fails, print how it came to that")
    private Long seed;

    @Option(names = "--timeline", description = "with --seed: print all that happens")
    private boolean timeline;

    @Option(
            names = "--seeds",
            paramLabel = "A..B",
            description = "run the seeds from A to B",
            converter = SeedRange.class)
    private SeedRange.Value seeds;

    @Option(
            names = "--hours",
            paramLabel = "H",
            description = "run seeds for so long, from the clock's or --from, and append a line to the ledger")
    private Double hours;

    @Option(names = "--from", paramLabel = "N", description = "first seed for --hours")
    private Long from;

    @Option(names = "--twice", description = "run each seed twice and compare the traces")
    private boolean twice;

    @Option(names = "--threads", paramLabel = "T", description = "seeds at a time (default: one for each core)")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--ledger", description = "append a line to docs/assurance/ledger.csv")
    private boolean ledger;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new SimCommand()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        if (cluster && node) {
            throw new CommandLine.ParameterException(spec.commandLine(), "either --cluster or --node");
        }
        if (seed != null) {
            return runOne(seed);
        }
        long first = seeds != null
                ? seeds.first()
                : from != null ? from : hours != null ? System.nanoTime() >>> 8 : firstSeed();
        long last = seeds != null ? seeds.last() : hours != null ? Long.MAX_VALUE : first + SEEDS_DEFAULT - 1;
        long deadlineNs = hours == null ? Long.MAX_VALUE : (long) (hours * 3_600_000_000_000L);
        Series series = new Series(
                node ? "node seed" : "cluster seed",
                twice ? "twice" : "",
                node ? Sometimes.Scope.NODE : Sometimes.Scope.CLUSTER,
                this::run,
                this::replay);
        return new Campaign(threads, deadlineNs).run(series, first, last, ledger || hours != null);
    }

    private long firstSeed() {
        return node ? 1 : ClusterSimulation.FIRST_SEED_WITH_ALL;
    }

    private String replay(long number) {
        return "bin/stele-sim " + (node ? "--node " : "") + "--seed " + number;
    }

    private Verdict run(long number) {
        Verdict verdict = run(number, null);
        if (!twice || !verdict.isGood()) {
            return verdict;
        }
        Verdict again = run(number, null);
        return again.traceHash() == verdict.traceHash()
                ? verdict
                : new Verdict(
                        verdict.name(),
                        new Violation("determinism", "two runs of one seed differ"),
                        again.traceHash(),
                        verdict.coverage());
    }

    private Verdict run(long number, Consumer<String> listener) {
        return node
                ? Simulation.run(number, Ports.HONEST, listener)
                : ClusterSimulation.run(number, ClusterPorts.HONEST, listener);
    }

    private int runOne(long number) {
        ArrayDeque<String> lastLines = new ArrayDeque<>();
        Consumer<String> listener = timeline
                ? System.out::println
                : line -> {
                    lastLines.add(line);
                    if (lastLines.size() > LINES_ON_FAILURE) {
                        lastLines.poll();
                    }
                };
        Verdict verdict = run(number, listener);
        if (verdict.isGood()) {
            System.out.printf("trace %016x%n", verdict.traceHash());
            Report.met(verdict.coverage());
            System.out.println(verdict.name() + ": nothing was violated");
            return 0;
        }
        lastLines.forEach(System.out::println);
        System.out.printf("trace %016x%n", verdict.traceHash());
        Report.violation(verdict, replay(number) + " --timeline");
        return 1;
    }
}
