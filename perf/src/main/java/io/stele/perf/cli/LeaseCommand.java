package io.stele.perf.cli;

import io.stele.perf.crash.LeaderKills;
import io.stele.perf.lease.LeasePlan;
import io.stele.perf.lease.LeaseResult;
import io.stele.perf.lease.LeaseRun;
import io.stele.perf.report.Figures;
import io.stele.perf.report.Findings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stele-bench lease}: how fast leases are granted and renewed, and whether each ends when it should. */
@Command(
        name = "lease",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Grants leases, each with a key, keeps all alive for a while, leaves them alone and sees when they end.",
            "With --members and --kills it starts a cluster of its own, and kills its leader meanwhile.",
            "Exit code 1 if one ended too early, or outlived its time by an election timeout and a second;",
            "a new leader gives every lease all its time anew."
        })
final class LeaseCommand implements Callable<Integer> {
    private static final int SECOND_MS = 1000;

    @Mixin
    private ServersOptions servers;

    @Option(names = "--leases", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}")
    private int leases = 100_000;

    @Option(names = "--ttl", paramLabel = "SECONDS", description = "Default: ${DEFAULT-VALUE}")
    private long ttl = 60;

    @Option(names = "--connections", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}")
    private int connections = 1;

    @Option(names = "--in-flight", paramLabel = "N", description = "Requests at once. Default: ${DEFAULT-VALUE}")
    private int inFlight = 512;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long they are kept alive. Default: 30s")
    private Duration duration = Duration.ofSeconds(30);

    @Option(names = "--kills", paramLabel = "N", description = "Of its leader. Default: ${DEFAULT-VALUE}")
    private int kills;

    @Option(
            names = "--kill-every",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Default: 10s")
    private Duration killEvery = Duration.ofSeconds(10);

    @Option(
            names = "--election-timeout",
            paramLabel = "MS",
            description = "Of the servers. Default: 250 for stele, 1000 for etcd")
    private int electionTimeoutMs;

    @Option(names = "--report", paramLabel = "DIR", description = "Write findings.json, index.html and percentiles.")
    private Path report;

    @Spec
    private CommandSpec spec;

    private final Console console;

    LeaseCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (leases < 1 || ttl < 1 || connections < 1 || inFlight < 1) {
            throw new ParameterException(spec.commandLine(), "counts and times must be positive");
        }
        if (kills > 0) {
            servers.requireMembersFor("--kills");
        }
        int electionMs = electionTimeoutMs > 0 ? electionTimeoutMs : servers.target.equals("etcd") ? 1000 : 250;
        LeasePlan plan = new LeasePlan(
                leases,
                ttl,
                connections,
                inFlight,
                (int) duration.toSeconds(),
                kills,
                (int) killEvery.toSeconds(),
                electionMs + SECOND_MS);
        LeaseResult result =
                servers.areOwn() ? runOnOwn(plan) : LeaseRun.run(plan, servers.target, servers.endpoints, () -> {});
        print(plan, result);
        return result.violations().isEmpty() ? 0 : 1;
    }

    private LeaseResult runOnOwn(LeasePlan plan) throws IOException, InterruptedException {
        try (LeaderKills cluster = servers.start()) {
            LeaseResult result = LeaseRun.run(plan, servers.target, cluster.endpoints(), () -> {
                cluster.killLeader();
                console.out().println("leader killed " + cluster.count() + " of " + kills);
                console.out().flush();
            });
            if (kills > 0) {
                ServersOptions.printKills(console, cluster);
            }
            return result;
        }
    }

    private void print(LeasePlan plan, LeaseResult result) throws IOException {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("target", servers.target);
        options.put("leases", Figures.count(leases));
        options.put("ttl", result.ttl() + " s");
        options.put("members", String.valueOf(servers.members));
        options.put("kills", String.valueOf(kills));
        Findings findings = new Findings("leases " + servers.target, options);
        findings.figure(
                "granted",
                Figures.count(leases) + " of " + result.ttl() + " s, each with a key, in "
                        + Figures.time(result.grantNs()) + " (" + rate(result.grantNs()) + "); grant "
                        + Findings.times(result.grants()));
        findings.figure(
                "renewed", "all once in " + Figures.time(result.burstNs()) + " (" + rate(result.burstNs()) + ")");
        findings.figure(
                "kept alive",
                Figures.count(result.renewals().getTotalCount()) + " renewals, failed "
                        + Figures.count(result.failedRenewals()) + "; " + Findings.times(result.renewals()));
        findings.figure("lost", Figures.count(result.unrenewed()) + " that were to be kept alive");
        findings.figure("leaders", "changed " + result.leaderChanges() + " times");
        if (result.standstills() > 0) {
            findings.figure(
                    "stood still",
                    result.standstills() + " times, " + Figures.time(result.stoodStillNs())
                            + " in all: this process, and so the servers' clock for leases, most probably");
        }
        findings.figure(
                "ended",
                Figures.count(result.expired()) + "; seen after their time " + Findings.times(result.beyond()));
        if (result.violations().isEmpty()) {
            findings.figure(
                    "verified",
                    "none ended before its time, none outlived it by more than " + plan.graceMs()
                            + " ms (wanted: an election timeout and 1 s)");
        }
        findings.latency("grants", result.grants());
        findings.latency("renewals", result.renewals());
        findings.latency("ends seen after their time", result.beyond());
        findings.violations(result.violations());
        findings.print(console.out());
        if (report != null) {
            findings.write(report, Path.of(System.getProperty("stele.home", "")).toAbsolutePath());
        }
    }

    private String rate(long ns) {
        return Figures.count(leases / (ns / 1e9)) + "/s";
    }
}
