package io.stele.perf.cli;

import io.stele.perf.crash.LeaderKills;
import io.stele.perf.load.ServerMemory;
import io.stele.perf.load.Session;
import io.stele.perf.load.Target;
import io.stele.perf.report.Figures;
import io.stele.perf.report.Findings;
import io.stele.perf.watch.Putter;
import io.stele.perf.watch.WatchPlan;
import io.stele.perf.watch.WatchResult;
import io.stele.perf.watch.WatchRun;
import io.stele.perf.watch.WatchedServers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
    @Mixin
    private ServersOptions servers;

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

    @Option(
            names = "--kill-every",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "With --members: how often the leader is killed. Default: never")
    private Duration killEvery = Duration.ZERO;

    @Option(names = "--report", paramLabel = "DIR", description = "Write findings.json, index.html and percentiles.")
    private Path report;

    @Spec
    private CommandSpec spec;

    private final Console console;

    WatchCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (connections < 1 || rate < 1 || keys < 1 || watchers + keyWatchers < 1 || valueSize < 24) {
            throw new ParameterException(spec.commandLine(), "counts and rates must be positive, values 24 bytes");
        }
        if (stallConnections > 0 && stall.compareTo(stallEvery) >= 0) {
            throw new ParameterException(spec.commandLine(), "--stall must be shorter than --stall-every");
        }
        if (!killEvery.isZero()) {
            servers.requireMembersFor("--kill-every");
        }
        WatchResult result = servers.areOwn() ? runOnOwn(plan()) : runOnOthers(plan());
        report(result);
        return result.violations().isEmpty() ? 0 : 1;
    }

    private WatchPlan plan() {
        return new WatchPlan(
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
                (int) stallEvery.toSeconds(),
                (int) killEvery.toSeconds());
    }

    private WatchResult runOnOthers(WatchPlan plan) throws InterruptedException {
        List<ServerMemory> memories =
                servers.endpoints.stream().map(each -> ServerMemory.of(0, each)).toList();
        try (Target opened = console.targets().open(servers.target, servers.endpoints, 1, 1);
                Session session = opened.connect()) {
            console.out().println(opened.describe());
            Putter puts = (key, value, completion) -> session.put(key, value, 0, value.length, completion);
            return WatchRun.run(plan, servers.target, new OtherServers(servers.endpoints, memories), puts);
        } finally {
            memories.forEach(ServerMemory::close);
        }
    }

    private WatchResult runOnOwn(WatchPlan plan) throws IOException, InterruptedException {
        try (LeaderKills cluster = servers.start()) {
            WatchResult result = WatchRun.run(plan, servers.target, new OwnServers(cluster), cluster::put);
            if (result.kills() > 0) {
                ServersOptions.printKills(console, cluster);
            }
            return result;
        }
    }

    /** Those that somebody else has started; their memory can be told if they are on this machine. */
    private record OtherServers(List<String> endpoints, List<ServerMemory> memories) implements WatchedServers {
        @Override
        public void killLeader() {
            throw new UnsupportedOperationException("they are not ours");
        }

        @Override
        public long memoryBytes() {
            long most = 0;
            for (ServerMemory memory : memories) {
                memory.reset();
                most = Math.max(most, memory.anonymousMax());
            }
            return most;
        }
    }

    /** Those that this run has started. */
    private record OwnServers(LeaderKills cluster) implements WatchedServers {
        @Override
        public List<String> endpoints() {
            return cluster.endpoints();
        }

        @Override
        public void killLeader() throws InterruptedException {
            cluster.killLeader();
        }

        @Override
        public long memoryBytes() {
            return cluster.memoryBytes();
        }
    }

    private void report(WatchResult result) throws IOException {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("watchers of all keys", Figures.count(watchers));
        options.put("watchers of one key", Figures.count(keyWatchers));
        options.put("connections", String.valueOf(connections));
        options.put("puts", Figures.count(rate) + "/s");
        options.put("members", String.valueOf(servers.members));
        Findings findings = new Findings("watch " + servers.target, options);
        findings.figure(
                "watchers",
                Figures.count(watchers) + " of all keys, " + Figures.count(keyWatchers) + " of one, on " + connections
                        + " connections; " + Figures.count(rate) + " puts/s");
        findings.figure(
                "puts",
                Figures.count(result.puts()) + ", failed " + Figures.count(result.failedPuts()) + "; "
                        + Findings.times(result.putLatency()));
        findings.latency("puts", result.putLatency());
        if (stallConnections > 0) {
            reportStalls(findings, result);
        }
        if (result.kills() > 0) {
            findings.figure(
                    "after kills", result.kills() + " kills; puts " + Findings.times(result.killedPutLatency()));
            findings.latency("puts after kills", result.killedPutLatency());
        }
        if (result.catchUpLatency() != null) {
            findings.figure(
                    "caught up",
                    Figures.count(behind) + " puts by " + Figures.count(watchers) + " watchers in "
                            + Figures.time(result.caughtUpNs()) + " ("
                            + Figures.count(behind * watchers / (result.caughtUpNs() / 1e9))
                            + " events/s; wanted: a tenth of etcd's time); puts meanwhile "
                            + Findings.times(result.catchUpLatency()));
            findings.latency("puts while catching up", result.catchUpLatency());
        } else if (behind > 0) {
            findings.figure("caught up", "not before the end");
        }
        findings.figure(
                "events",
                Figures.count(result.events()) + "; lag of those that never stalled " + Findings.times(result.lag()));
        findings.latency("lag", result.lag());
        findings.figure("settled", Figures.time(result.settledNs()) + " after the last put");
        if (result.violations().isEmpty()) {
            findings.figure("verified", "every watcher's events are the log's, once and in order");
        }
        findings.violations(result.violations());
        findings.print(console.out());
        if (report != null) {
            findings.write(report, Path.of(System.getProperty("stele.home", "")).toAbsolutePath());
        }
    }

    /** What stalled connections cost others, beside what is wanted. */
    private static void reportStalls(Findings findings, WatchResult result) {
        Histogram calm = result.calmPutLatency();
        Histogram stalled = result.stalledPutLatency();
        findings.figure("puts, calm", "before any connection stalled " + Findings.times(calm));
        findings.figure("puts, stalled", "while connections did not read " + Findings.times(stalled));
        if (calm.getTotalCount() > 0 && stalled.getTotalCount() > 0) {
            double ratio = stalled.getValueAtPercentile(99) / (double) calm.getValueAtPercentile(99);
            findings.figure("p99, ratio", String.format(Locale.ROOT, "%.2f (wanted: at most 1.10)", ratio));
        }
        long growth = result.stalledGrowthBytes();
        findings.figure(
                "memory",
                (growth > 0 ? "+" + Figures.bytes(growth) : "no growth seen")
                        + " while connections did not read (wanted: at most 64 MiB)");
        findings.latency("puts before stalls", calm);
        findings.latency("puts while stalled", stalled);
    }
}
