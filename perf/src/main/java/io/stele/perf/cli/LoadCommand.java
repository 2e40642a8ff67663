package io.stele.perf.cli;

import io.stele.perf.load.Scenario;
import io.stele.perf.report.Summary;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stele-bench put|range|txn|mixed|list}: one run. */
@Command(mixinStandardHelpOptions = true, sortOptions = false)
final class LoadCommand implements Callable<Integer> {
    @Mixin
    private final LoadOptions options = new LoadOptions();

    @Spec
    private CommandSpec spec;

    private final Console console;
    private final Scenario scenario;

    LoadCommand(Console console, Scenario scenario) {
        this.console = console;
        this.scenario = scenario;
    }

    @Override
    public Integer call() throws Exception {
        try {
            options.conclude(scenario);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        Summary summary = new RunProcedure(console, scenario, options).run();
        console.out().print(ResultText.of(summary));
        if (options.report != null) {
            console.out().println("  report      " + options.report.resolve("index.html"));
        }
        return summary.operations() > 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }
}
