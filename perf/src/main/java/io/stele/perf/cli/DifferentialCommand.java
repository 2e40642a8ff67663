package io.stele.perf.cli;

import io.stele.perf.differential.DifferentialPlan;
import io.stele.perf.differential.DifferentialResult;
import io.stele.perf.differential.DifferentialRun;
import io.stele.perf.report.Figures;
import io.stele.perf.report.TextTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stele-bench differential}: whether Stele answers as etcd does. */
@Command(
        name = "differential",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Sends the same requests to Stele and to etcd, over etcd's protocol, and compares answers, codes, texts:",
            "ranges, puts, transactions nested and not, compactions, leases, users and roles, wrong ones included.",
            "Starts a server of each, unless it is given two that are empty. Exit code 1 if an answer differs."
        })
final class DifferentialCommand implements Callable<Integer> {
    private static final int PERCENT = 100;

    @Option(names = "--requests", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}")
    private int requests = 100_000;

    @Option(names = "--seed", paramLabel = "N", description = "The same seed sends the same. Default: ${DEFAULT-VALUE}")
    private long seed = 1;

    @Option(
            names = "--users",
            paramLabel = "PERCENT",
            description = "Of the requests are about users and roles. Default: ${DEFAULT-VALUE}")
    private int userPercent = 10;

    @Option(names = "--endpoints", paramLabel = "HOST:PORT", description = "An empty stele. Default: one of its own")
    private String endpoint;

    @Option(names = "--peer-endpoints", paramLabel = "HOST:PORT", description = "An empty etcd, likewise.")
    private String peer;

    @Spec
    private CommandSpec spec;

    private final Console console;

    DifferentialCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (requests < 1 || userPercent < 0 || userPercent > PERCENT) {
            throw new ParameterException(
                    spec.commandLine(), "--requests must be positive, --users between 0 and " + PERCENT);
        }
        if ((endpoint == null) != (peer == null)) {
            throw new ParameterException(spec.commandLine(), "--endpoints and --peer-endpoints go together");
        }
        DifferentialPlan plan = new DifferentialPlan(requests, seed, userPercent);
        IntConsumer progress = done -> {
            console.out().println("requests " + Figures.count(done) + " of " + Figures.count(requests));
            console.out().flush();
        };
        DifferentialResult result = endpoint == null
                ? DifferentialRun.run(plan, progress)
                : DifferentialRun.run(plan, endpoint, peer, progress);
        print(result);
        return result.differences().isEmpty() ? 0 : 1;
    }

    private void print(DifferentialResult result) {
        List<List<String>> rows = new ArrayList<>();
        int sent = 0;
        for (var kind : result.sent().entrySet()) {
            sent += kind.getValue();
            rows.add(List.of(
                    kind.getKey(),
                    Figures.count(kind.getValue()),
                    Figures.count(result.refused().getOrDefault(kind.getKey(), 0))));
        }
        console.out().print(TextTable.format(List.of("request", "sent", "refused"), rows));
        result.differences().forEach(difference -> console.out().println("differs  " + difference));
        console.out()
                .println((result.differences().isEmpty() ? "PASS" : "FAIL") + "  " + Figures.count(sent)
                        + " requests of seed " + seed + ", "
                        + result.differences().size() + " answered otherwise");
    }
}
