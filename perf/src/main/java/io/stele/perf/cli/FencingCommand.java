package io.stele.perf.cli;

import io.stele.perf.crash.LeaderKills;
import io.stele.perf.fencing.FencingPlan;
import io.stele.perf.fencing.FencingResult;
import io.stele.perf.fencing.FencingRun;
import io.stele.perf.report.Figures;
import io.stele.perf.report.Findings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stele-bench fencing}: what a lock protects while its holder stands still. */
@Command(
        name = "fencing",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Stops holders of locks (SIGSTOP) for longer than their leases live, lets others take the locks and write,",
            "and continues them: each writes at once, with the token of a lock that is no longer its own.",
            "Exit code 1 unless all such writes are refused where tokens are looked at, and, to show that it matters,",
            "all go through where they are not."
        })
final class FencingCommand implements Callable<Integer> {
    private static final int SECOND_MS = 1000;

    @Mixin
    private ServersOptions servers;

    @Option(names = "--runs", paramLabel = "N", description = "Each with a lock. Default: ${DEFAULT-VALUE}")
    private int runs = 1000;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Locks that one process holds, to be stopped with it. Default: ${DEFAULT-VALUE}")
    private int batch = 100;

    @Option(names = "--ttl", paramLabel = "SECONDS", description = "Of the holders' leases. Default: ${DEFAULT-VALUE}")
    private long ttl = 2;

    @Option(names = "--pause", paramLabel = "TTLS", description = "As many times as long. Default: ${DEFAULT-VALUE}")
    private int pause = 3;

    @Option(names = "--report", paramLabel = "DIR", description = "Write findings.json, index.html and percentiles.")
    private Path report;

    @Spec
    private CommandSpec spec;

    private final Console console;

    FencingCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (runs < 1 || batch < 1 || ttl < 1 || pause < 1) {
            throw new ParameterException(spec.commandLine(), "counts and times must be positive");
        }
        if (!servers.target.equals("stele")) {
            throw new ParameterException(spec.commandLine(), "the locks are those of stele's client");
        }
        FencingPlan plan = new FencingPlan(runs, batch, ttl, pause * ttl * SECOND_MS);
        FencingResult result = servers.areOwn() ? runOnOwn(plan) : run(plan, servers.endpoints);
        boolean isShown = result.unguarded() == runs && result.untokened() == runs;
        print(plan, result, isShown);
        return isShown && result.violations().isEmpty() ? 0 : 1;
    }

    private FencingResult runOnOwn(FencingPlan plan) throws IOException, InterruptedException {
        try (LeaderKills cluster = servers.start()) {
            return run(plan, cluster.endpoints());
        }
    }

    private FencingResult run(FencingPlan plan, List<String> endpoints) throws IOException, InterruptedException {
        return FencingRun.run(plan, endpoints, done -> {
            console.out().println("runs " + Figures.count(done) + " of " + Figures.count(runs));
            console.out().flush();
        });
    }

    private void print(FencingPlan plan, FencingResult result, boolean isShown) throws IOException {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("runs", Figures.count(runs));
        options.put("ttl", ttl + " s");
        options.put("pause", plan.pauseMs() / SECOND_MS + " s");
        options.put("members", String.valueOf(servers.members));
        Findings findings = new Findings("fencing", options);
        findings.figure(
                "runs",
                Figures.count(runs) + " locks on leases of " + ttl + " s, " + result.pauses() + " pauses of "
                        + plan.pauseMs() / SECOND_MS + " s; " + Figures.count(result.believed())
                        + " holders were told on waking that their lease lives");
        findings.figure("handed over", "after the pause began " + Findings.times(result.handovers()));
        findings.figure("fenced, store", ofAll(result.guarded()) + " late writes refused");
        findings.figure("fenced", ofAll(result.tokened()) + " late writes refused by a resource that looks at tokens");
        findings.figure("bare, store", ofAll(result.unguarded()) + " late writes did harm");
        findings.figure("bare", ofAll(result.untokened()) + " late writes did harm to a resource that does not look");
        findings.latency("handovers", result.handovers());
        findings.violations(result.violations());
        findings.figure(
                "verdict",
                !result.violations().isEmpty()
                        ? "FAIL: a late write got through a fence"
                        : isShown ? "PASS" : "FAIL: without a fence not every late write went through");
        findings.print(console.out());
        if (report != null) {
            findings.write(report, Path.of(System.getProperty("stele.home", "")).toAbsolutePath());
        }
    }

    private String ofAll(int count) {
        return Figures.count(count) + " of " + Figures.count(runs);
    }
}
