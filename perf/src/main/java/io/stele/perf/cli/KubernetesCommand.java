package io.stele.perf.cli;

import io.stele.perf.kubernetes.KubernetesResult;
import io.stele.perf.kubernetes.KubernetesRun;
import io.stele.perf.kubernetes.ObjectPlan;
import io.stele.perf.load.ServerMemory;
import io.stele.perf.report.Figures;
import io.stele.perf.report.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stele-bench kubernetes}: the requests of an API server, to one server or to two in turns. */
@Command(
        name = "kubernetes",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Creates, updates, lists, watches and compacts objects with kube-apiserver's requests,",
            "over etcd's protocol, and verifies every list and every event against what was written.",
            "With --peer-endpoints the phases of both servers take turns.",
            "Exit code 1 if anything at --endpoints was not as it should be."
        })
final class KubernetesCommand implements Callable<Integer> {
    private static final int WARM_UP_PART = 10;
    private static final double PERCENT_MEDIAN = 50;
    private static final double PERCENT_TAIL = 99;

    @Option(names = "--endpoints", paramLabel = "HOST:PORT", description = "Default: ${DEFAULT-VALUE}")
    private String endpoint = "127.0.0.1:2379";

    @Option(names = "--peer-endpoints", paramLabel = "HOST:PORT", description = "Another server. Default: none")
    private String peer;

    @Option(names = "--pid", paramLabel = "PID", description = "Of the server. Default: who listens at the port here")
    private long pid;

    @Option(names = "--peer-pid", paramLabel = "PID", description = "Of the other one, likewise.")
    private long peerPid;

    @Option(names = "--objects", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}")
    private int objects = 50_000;

    @Option(
            names = "--value-size",
            paramLabel = "BYTES",
            converter = LengthConverter.class,
            description = "Default: 3000")
    private int valueSize = 3_000;

    @Option(names = "--watchers", paramLabel = "N", description = "Of the pods. Default: ${DEFAULT-VALUE}")
    private int watchers = 4;

    @Option(names = "--in-flight", paramLabel = "N", description = "Writes at once. Default: ${DEFAULT-VALUE}")
    private int inFlight = 64;

    @Option(names = "--limit", paramLabel = "N", description = "Objects per page. Default: ${DEFAULT-VALUE}")
    private int limit = 500;

    @Option(names = "--lists", paramLabel = "N", description = "Of each kind. Default: ${DEFAULT-VALUE}")
    private int lists = 5;

    @Option(names = "--prefix", paramLabel = "TEXT", description = "Must be empty. Default: ${DEFAULT-VALUE}")
    private String prefix = "/registry/";

    @Spec
    private CommandSpec spec;

    private final Console console;

    KubernetesCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (objects < WARM_UP_PART || watchers < 0 || inFlight < 1 || limit < 1 || lists < 0 || valueSize < 16) {
            throw new ParameterException(spec.commandLine(), "counts and lengths must be positive");
        }
        List<String> servers = peer == null ? List.of(endpoint) : List.of(endpoint, peer);
        List<ServerMemory> memories = new ArrayList<>();
        try {
            for (String server : servers) {
                memories.add(ServerMemory.of(server.equals(peer) ? peerPid : pid, server));
            }
            String warmUp = "stele-bench-warm-up/" + System.nanoTime() + "/";
            run(plan(warmUp, objects / WARM_UP_PART), servers, memories);
            memories.forEach(ServerMemory::reset);
            List<KubernetesResult> results = run(plan(prefix, objects), servers, memories);
            print(servers, results);
            return results.get(0).differences().isEmpty() ? 0 : 1;
        } finally {
            memories.forEach(ServerMemory::close);
        }
    }

    private ObjectPlan plan(String under, int count) {
        return new ObjectPlan(under, count, valueSize, watchers, inFlight, limit, lists);
    }

    private static List<KubernetesResult> run(ObjectPlan plan, List<String> servers, List<ServerMemory> memories)
            throws InterruptedException {
        List<KubernetesRun> runs = new ArrayList<>();
        try {
            for (int i = 0; i < servers.size(); i++) {
                runs.add(new KubernetesRun(plan, servers.get(i), memories.get(i)));
            }
            for (KubernetesRun.Phase phase : KubernetesRun.Phase.values()) {
                for (KubernetesRun run : runs) {
                    run.run(phase);
                }
            }
            return runs.stream().map(KubernetesRun::finish).toList();
        } finally {
            runs.forEach(KubernetesRun::close);
        }
    }

    private void print(List<String> servers, List<KubernetesResult> results) {
        List<String> heading = new ArrayList<>(List.of(Figures.count(objects) + " objects of " + valueSize + " B"));
        heading.addAll(servers);
        Set<String> names = new LinkedHashSet<>();
        results.forEach(result -> result.times().forEach((name, times) -> {
            if (times.getTotalCount() > 0) {
                names.add(name);
            }
        }));
        List<List<String>> rows = new ArrayList<>();
        for (String name : names) {
            List<String> row = new ArrayList<>(List.of(name + " p50 / p99 / max"));
            for (KubernetesResult result : results) {
                row.add(times(result, name));
            }
            rows.add(row);
        }
        rows.add(row(results, "resident memory, max", result -> Figures.bytes(result.residentBytes())));
        rows.add(row(results, "of it not of files, max", result -> Figures.bytes(result.anonymousBytes())));
        rows.add(row(results, "paged lists expired", result -> Figures.count(result.expiredLists())));
        rows.add(row(results, "differences", result -> Figures.count(result.differenceCount())));
        console.out().print(TextTable.format(heading, rows));
        for (int i = 0; i < servers.size(); i++) {
            for (String difference : results.get(i).differences()) {
                console.out().println("DIFFERENCE " + servers.get(i) + ": " + difference);
            }
        }
        console.out().flush();
    }

    private static List<String> row(
            List<KubernetesResult> results, String name, Function<KubernetesResult, String> cell) {
        List<String> row = new ArrayList<>(List.of(name));
        results.forEach(result -> row.add(cell.apply(result)));
        return row;
    }

    private static String times(KubernetesResult result, String name) {
        Histogram times = result.times().get(name);
        if (times == null || times.getTotalCount() == 0) {
            return "-";
        }
        Double rate = result.rates().get(name);
        return (rate == null ? "" : Figures.count(Math.rint(rate)) + "/s, ")
                + Figures.time(times.getValueAtPercentile(PERCENT_MEDIAN)) + " / "
                + Figures.time(times.getValueAtPercentile(PERCENT_TAIL)) + " / " + Figures.time(times.getMaxValue());
    }
}
