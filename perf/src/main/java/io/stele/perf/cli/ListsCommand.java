package io.stele.perf.cli;

import io.stele.perf.lists.ListsPlan;
import io.stele.perf.lists.ListsResult;
import io.stele.perf.lists.ListsRun;
import io.stele.perf.load.ServerMemory;
import io.stele.perf.report.Figures;
import io.stele.perf.report.Findings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stele-bench lists}: what many big lists at once cost the server, and the puts beside them. */
@Command(
        name = "lists",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Asks for many big lists at once over etcd's protocol, and puts keys meanwhile at an even pace.",
            "Exit code 1 if a list failed or had another length than the first."
        })
final class ListsCommand implements Callable<Integer> {
    @Option(names = "--endpoints", paramLabel = "HOST:PORT", description = "Default: ${DEFAULT-VALUE}")
    private String endpoint = "127.0.0.1:2379";

    @Option(names = "--pid", paramLabel = "PID", description = "Of the server. Default: who listens at the port here")
    private long pid;

    @Option(names = "--lists", paramLabel = "N", description = "At once. Default: ${DEFAULT-VALUE}")
    private int lists = 50;

    @Option(names = "--keys", paramLabel = "N", description = "In each list. Default: ${DEFAULT-VALUE}")
    private int keys = 50_000;

    @Option(
            names = "--value-size",
            paramLabel = "BYTES",
            converter = LengthConverter.class,
            description = "Default: 3000")
    private int valueSize = 3_000;

    @Option(names = "--stream", description = "By RangeStream instead of Range.")
    private boolean stream;

    @Option(names = "--puts", paramLabel = "N", description = "Beside them, per second. Default: ${DEFAULT-VALUE}")
    private int puts = 200;

    @Spec
    private CommandSpec spec;

    private final Console console;

    ListsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (lists < 1 || keys < 1 || valueSize < 1 || puts < 1) {
            throw new ParameterException(spec.commandLine(), "counts and lengths must be positive");
        }
        String prefix = "lists/" + keys + "/" + valueSize + "/";
        ListsPlan plan = new ListsPlan(prefix, keys, valueSize, lists, stream, puts);
        try (ServerMemory memory = ServerMemory.of(pid, endpoint)) {
            ListsResult result = ListsRun.run(plan, endpoint, memory);
            print(result);
            return result.wrongLists() == 0 ? 0 : 1;
        }
    }

    private void print(ListsResult result) {
        Findings findings = new Findings("lists", Map.of());
        findings.figure(
                "lists",
                Figures.count(lists) + " of " + Figures.bytes(result.listBytes()) + " at once; "
                        + Findings.times(result.listTimes()));
        findings.figure("puts alone", Findings.times(result.putsBefore()));
        findings.figure("puts beside", Findings.times(result.putsBeside()));
        findings.figure("resident", grown(result.residentBefore(), result.residentMax()));
        findings.figure("not of files", grown(result.anonymousBefore(), result.anonymousMax()));
        if (result.wrongLists() > 0) {
            findings.violations(List.of(result.wrongLists() + " lists were wrong: " + result.firstWrong()));
        }
        findings.print(console.out());
    }

    private static String grown(long before, long most) {
        return Figures.bytes(before) + " before, " + Figures.bytes(most) + " at most: + "
                + Figures.bytes(most - before);
    }
}
