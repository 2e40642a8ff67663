package io.stele.perf.cli;

import io.stele.perf.crash.DirectoryTree;
import io.stele.perf.crash.RejoinPlan;
import io.stele.perf.crash.RejoinResult;
import io.stele.perf.crash.RejoinRun;
import io.stele.perf.report.Figures;
import io.stele.perf.report.Findings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stele-bench rejoin}: what puts feel of a member that comes back and needs the whole state. */
@Command(
        name = "rejoin",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Starts a cluster, loads it, kills a follower, lets it miss more than the log keeps, and starts it again.",
            "Exit code 1 if it was not brought up to date by a snapshot, if members differ in the end, or if puts",
            "took longer meanwhile than --p99-ratio allows."
        })
final class RejoinCommand implements Callable<Integer> {
    private static final double P99 = 99;

    @Option(names = "--members", paramLabel = "N", description = "At least three. Default: ${DEFAULT-VALUE}")
    private int members = 3;

    @Option(
            names = "--bytes",
            paramLabel = "BYTES",
            converter = LengthConverter.class,
            description = "Of the state, such as 100MiB. Default: 1000MB")
    private int bytes = 1_000_000_000;

    @Option(
            names = "--missed",
            paramLabel = "BYTES",
            converter = LengthConverter.class,
            description = "Put while it is away: more than the others keep of the log. Default: 400MiB")
    private int missed = 400 << 20;

    @Option(
            names = "--value-size",
            paramLabel = "BYTES",
            converter = LengthConverter.class,
            description = "Default: 2kB")
    private int valueSize = 2_000;

    @Option(names = "--puts", paramLabel = "N", description = "Per second, measured. Default: ${DEFAULT-VALUE}")
    private int puts = 1_000;

    @Option(
            names = "--phase",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Of puts before. Default: 10s")
    private Duration phase = Duration.ofSeconds(10);

    @Option(
            names = "--p99-ratio",
            paramLabel = "R",
            description = "How many times as long as before 99 of 100 puts may take while it comes back, such as 1.2")
    private Double p99Ratio;

    @Option(names = "--flag", description = "One more flag of the servers, such as --checkpoint-bytes=4194304")
    private List<String> serverFlags = List.of();

    @Spec
    private CommandSpec spec;

    private final Console console;

    RejoinCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (members < 3 || bytes < missed || missed < valueSize || valueSize < 1 || puts < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "at least three members, one value of one byte, one put per second, and no more missed than bytes");
        }
        Path directory = Files.createTempDirectory("stele-rejoin");
        try {
            RejoinPlan plan = new RejoinPlan(members, bytes, missed, valueSize, puts, phase);
            RejoinResult result =
                    new RejoinRun(plan, directory, line -> console.err().println(line)).run(serverFlags);
            print(result);
            return failure(result) == null ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        } finally {
            DirectoryTree.delete(directory);
        }
    }

    private void print(RejoinResult result) {
        Findings findings = new Findings("rejoin", Map.of());
        findings.figure("all members", Findings.times(result.putsWhole()));
        findings.figure("one away", Findings.times(result.putsWithout()) + against(result.putsWithout(), result));
        findings.figure("it starts", Findings.times(result.putsStarting()) + against(result.putsStarting(), result));
        findings.figure(
                "it receives", Findings.times(result.putsReceiving()) + against(result.putsReceiving(), result));
        findings.figure("it comes back", Findings.times(result.putsBeside()) + against(result.putsBeside(), result));
        RejoinResult.Rejoined rejoined = result.rejoined();
        findings.figure(
                "rejoined",
                "after " + Figures.time(rejoined.ns())
                        + (result.isBySnapshot() ? ", by a snapshot" : ", by the log") + ", with a page file of "
                        + Figures.bytes(result.stateBytes()) + ": " + Figures.bytes(result.bytesPerSecond()) + "/s");
        findings.figure(
                "memory",
                "leader " + Figures.bytes(rejoined.leaderBytes()) + ", member " + Figures.bytes(rejoined.memberBytes())
                        + ", at most, without what caches files");
        findings.figure("members", result.isEqual() ? "all the same" : "DIFFER");
        String failure = failure(result);
        findings.figure("verdict", failure == null ? "PASS" : "FAIL: " + failure);
        findings.print(console.out());
    }

    /** What was not as it should be, or null. */
    private String failure(RejoinResult result) {
        if (!result.isBySnapshot()) {
            return "it did not need a snapshot: more must be --missed";
        }
        if (!result.isEqual()) {
            return "members differ";
        }
        return p99Ratio != null && result.p99Ratio() > p99Ratio ? "p99 is more than " + p99Ratio + " × as long" : null;
    }

    private static String against(Histogram times, RejoinResult result) {
        return "  (p99 "
                + Figures.ratio(
                        times.getValueAtPercentile(P99), result.putsWhole().getValueAtPercentile(P99)) + ")";
    }
}
