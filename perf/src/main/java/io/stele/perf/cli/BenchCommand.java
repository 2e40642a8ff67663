package io.stele.perf.cli;

import io.stele.perf.load.BenchException;
import io.stele.perf.load.Scenario;
import io.stele.perf.report.Comparison;
import io.stele.perf.report.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stele-bench}: its commands, and {@code --compare}. */
@Command(
        name = "stele-bench",
        mixinStandardHelpOptions = true,
        version = "stele-bench 0.1.0-SNAPSHOT",
        synopsisSubcommandLabel = "COMMAND",
        description = "Measures a Stele or etcd cluster, or compares two measurements.")
public final class BenchCommand implements Callable<Integer> {
    @Option(
            names = "--compare",
            arity = "2",
            paramLabel = "REPORT",
            description = "Set two reports (directories or summary.json files) against each other.")
    private List<Path> compared;

    @Option(names = "--report", paramLabel = "DIR", description = "With --compare: write index.html there as well.")
    private Path report;

    @Spec
    private CommandSpec spec;

    private final Console console;

    private BenchCommand(Console console) {
        this.console = console;
    }

    /** The whole command line; errors come out as one line and an exit code. */
    public static CommandLine commandLine(Console console) {
        CommandLine root = new CommandLine(new BenchCommand(console));
        for (Scenario scenario : Scenario.values()) {
            CommandLine command = new CommandLine(new LoadCommand(console, scenario));
            command.getCommandSpec().name(scenario.label());
            command.getCommandSpec().usageMessage().description(scenario.description());
            if (scenario == Scenario.RANGE) {
                command.getCommandSpec().aliases("get");
            }
            root.addSubcommand(command);
        }
        root.addSubcommand(new SuiteCommand(console));
        root.addSubcommand(new DiskCommand(console));
        root.addSubcommand(new SpaceCommand(console));
        root.addSubcommand(new CrashCommand(console));
        root.addSubcommand(new RejoinCommand(console));
        root.addSubcommand(new WatchCommand(console));
        root.addSubcommand(new LeaseCommand(console));
        root.addSubcommand(new FencingCommand(console));
        root.addSubcommand(new KubernetesCommand(console));
        root.addSubcommand(new ListsCommand(console));
        root.addSubcommand(new DifferentialCommand(console));
        root.addSubcommand(new JmhCommand());
        root.setUsageHelpWidth(120);
        root.setOut(console.out());
        root.setErr(console.err());
        root.setParameterExceptionHandler((wrong, arguments) -> {
            console.err().println(name(wrong.getCommandLine()) + ": " + firstLine(wrong.getMessage()));
            return CommandLine.ExitCode.USAGE;
        });
        root.setExecutionExceptionHandler((failed, command, parsed) -> {
            console.err().println(name(command) + ": " + complaint(failed));
            return CommandLine.ExitCode.SOFTWARE;
        });
        return root;
    }

    private static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName();
    }

    private static String firstLine(String message) {
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end).strip();
    }

    private static String complaint(Exception failed) {
        if (failed instanceof BenchException) {
            return failed.getMessage();
        }
        return failed instanceof IOException
                ? failed.getClass().getSimpleName() + ": " + failed.getMessage()
                : failed.toString();
    }

    @Override
    public Integer call() throws IOException {
        if (compared == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "a command is missing: put, range, txn, delete, mixed, list, suite, disk, space, crash, rejoin,"
                            + " watch, lease, fencing, kubernetes, lists, differential or jmh; see --help");
        }
        Comparison comparison = new Comparison(Summary.read(compared.get(0)), Summary.read(compared.get(1)));
        console.out().print(comparison.text());
        if (report != null) {
            Files.createDirectories(report);
            Files.writeString(report.resolve("index.html"), comparison.html());
        }
        return CommandLine.ExitCode.OK;
    }
}
