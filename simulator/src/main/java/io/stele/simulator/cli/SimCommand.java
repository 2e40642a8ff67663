package io.stele.simulator.cli;

import io.stele.simulator.Ports;
import io.stele.simulator.Simulation;
import io.stele.simulator.Verdict;
import io.stele.simulator.Violation;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The simulator: whole nodes on simulated disks, from seeds, with faults and checks. */
@Command(
        name = "stele-sim",
        mixinStandardHelpOptions = true,
        version = "stele-sim 0.1.0",
        sortOptions = false,
        subcommands = SweepCommand.class,
        description = {
            "Runs whole nodes on simulated disks, from seeds, with faults and checks.",
            "One seed is one run, always the same. Without options: seeds 1..200.",
            "",
            "Exit code 0: nothing was violated. 1: a check was violated; what and how to replay it is printed.",
            ""
        })
public final class SimCommand implements Callable<Integer> {
    private static final long SEEDS_DEFAULT = 200;

    @Option(names = "--seed", paramLabel = "N", description = "run one seed and print what happens")
    private Long seed;

    @Option(
            names = "--seeds",
            paramLabel = "A..B",
            description = "run the seeds from A to B",
            converter = SeedRange.class)
    private SeedRange.Value seeds;

    @Option(names = "--hours", paramLabel = "H", description = "run seeds for so long, from the clock's or --from")
    private Double hours;

    @Option(names = "--from", paramLabel = "N", description = "first seed for --hours")
    private Long from;

    @Option(names = "--twice", description = "run each seed twice and compare the traces")
    private boolean twice;

    @Option(names = "--threads", paramLabel = "T", description = "seeds at a time (default: one for each core)")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--ledger", description = "append a line to docs/assurance/ledger.csv")
    private boolean ledger;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new SimCommand()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        if (seed != null) {
            return runOne(seed);
        }
        long first = seeds != null ? seeds.first() : from != null ? from : hours != null ? System.nanoTime() >>> 8 : 1;
        long last = seeds != null ? seeds.last() : hours != null ? Long.MAX_VALUE : first + SEEDS_DEFAULT - 1;
        long deadlineNs = hours == null ? Long.MAX_VALUE : (long) (hours * 3_600_000_000_000L);
        Campaign campaign = new Campaign(threads, deadlineNs);
        return campaign.run(first, last, this::run, "seed", number -> "bin/stele-sim --seed " + number, ledger);
    }

    private Verdict run(long number) {
        Verdict verdict = Simulation.run(number);
        if (!twice || !verdict.isGood()) {
            return verdict;
        }
        Verdict again = Simulation.run(number);
        return again.traceHash() == verdict.traceHash()
                ? verdict
                : new Verdict(
                        verdict.name(),
                        new Violation("determinism", "two runs of one seed differ"),
                        again.traceHash(),
                        verdict.coverage());
    }

    private static int runOne(long number) {
        Verdict verdict = Simulation.run(number, Ports.HONEST, System.out::println);
        System.out.printf("%ntrace %016x%n", verdict.traceHash());
        Report.coverage(verdict.coverage(), false);
        if (verdict.isGood()) {
            System.out.println(verdict.name() + ": nothing was violated");
            return 0;
        }
        Report.violation(verdict, "bin/stele-sim --seed " + number);
        return 1;
    }
}
