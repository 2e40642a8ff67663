package io.stele.perf.cli;

import io.stele.perf.crash.ClusterCrashLoop;
import io.stele.perf.crash.CrashLoop;
import io.stele.perf.crash.DirectoryTree;
import io.stele.perf.crash.MemberHosts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
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

    @Option(names = "--members", description = "Of a cluster, whose leader is killed; 1: a node alone.")
    private int members = 1;

    @Option(
            names = "--faults",
            split = ",",
            description = "With members: what is done to the leader, in turn. Of: ${COMPLETION-CANDIDATES}")
    private List<ClusterCrashLoop.Fault> faults = List.of(ClusterCrashLoop.Fault.KILL);

    @Option(
            names = "--rest",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "With members: between a fault and the next, beside a random half second. Default: none")
    private Duration rest = Duration.ZERO;

    @Option(
            names = "--flag",
            description = "With members: one more flag of the servers, such as --election-timeout=300")
    private List<String> serverFlags = List.of();

    @Option(
            names = "--namespaces",
            description = "With members: the network namespaces that each runs in begin with this. CUT, CUT_IN and"
                    + " CUT_OUT need it: deploy/partitions.sh makes them.")
    private String namespaces;

    private final Console console;

    CrashCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("stele-crash");
        console.out().println("crash loop in " + directory + ", seed " + seed);
        List<String> flags = List.of("--checkpoint-bytes=" + checkpointBytes, "--wal-segment-bytes=" + 4 * 1024 * 1024);
        if (members > 1) {
            return runCluster(directory, flags);
        }
        CrashLoop loop = new CrashLoop(directory, seed, flags, console.out()::println);
        List<String> violations = loop.run(rounds);
        violations.forEach(violation -> console.out().println("VIOLATION " + violation));
        if (!violations.isEmpty()) {
            console.out().println("the data directory is kept: " + directory);
            return 1;
        }
        console.out().println(rounds + " kills, " + loop.acknowledgedCount() + " acknowledged writes, 0 lost");
        DirectoryTree.delete(directory);
        return 0;
    }

    private int runCluster(Path directory, List<String> commonFlags) throws IOException, InterruptedException {
        List<String> flags = new ArrayList<>(commonFlags);
        flags.addAll(serverFlags);
        MemberHosts hosts = new MemberHosts(namespaces);
        ClusterCrashLoop loop = new ClusterCrashLoop(directory, hosts, members, seed, flags, console.out()::println);
        List<String> violations = loop.run(rounds, faults, rest);
        violations.stream().limit(20).forEach(violation -> console.out().println("VIOLATION " + violation));
        console.out()
                .println(loop.faultCount() + " faults of " + faults + ", " + loop.acknowledgedCount()
                        + " acknowledged writes, "
                        + loop.readCount() + " reads, " + violations.size() + " violations; no write for ms: median "
                        + loop.gapMs(0.5) + ", p90 " + loop.gapMs(0.9) + ", p99 " + loop.gapMs(0.99) + ", max "
                        + loop.gapMs(1));
        if (!violations.isEmpty()) {
            console.out().println("the data directories are kept: " + directory);
            return 1;
        }
        DirectoryTree.delete(directory);
        return 0;
    }
}
