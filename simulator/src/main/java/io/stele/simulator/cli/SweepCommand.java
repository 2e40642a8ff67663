package io.stele.simulator.cli;

import io.stele.simulator.Ports;
import io.stele.simulator.Sometimes;
import io.stele.simulator.Verdict;
import io.stele.simulator.sweep.Script;
import io.stele.simulator.sweep.Scripts;
import io.stele.simulator.sweep.Sweep;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Every fault at every call of the disk port, in every script. */
@Command(
        name = "sweep",
        mixinStandardHelpOptions = true,
        description = "Tells short stories again and again, with every fault at every call of the disk.")
final class SweepCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "SCRIPT", description = "only this one (default: all)")
    private String only;

    @Option(names = "--list", description = "name the scripts and end")
    private boolean list;

    @Option(
            names = "--tears",
            paramLabel = "N",
            description = "tellings for each fault that leaves something to chance")
    private int tears = 3;

    @Option(names = "--point", paramLabel = "FAULT@CALL/TEAR", description = "one telling, with what happens in it")
    private String point;

    @Option(names = "--threads", paramLabel = "T", description = "tellings at a time (default: one for each core)")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--ledger", description = "append a line to docs/assurance/ledger.csv")
    private boolean ledger;

    @Override
    public Integer call() throws Exception {
        List<Script> scripts = Scripts.all();
        if (list) {
            scripts.forEach(script -> System.out.println(script.name()));
            return 0;
        }
        if (only != null) {
            scripts = scripts.stream()
                    .filter(script -> script.name().equals(only))
                    .collect(Collectors.toList());
            if (scripts.isEmpty()) {
                throw new ParameterException(spec.commandLine(), "no script is called '" + only + "'; see --list");
            }
        }
        if (point != null) {
            if (only == null) {
                throw new ParameterException(spec.commandLine(), "--point needs a script");
            }
            return runOne(scripts.get(0));
        }
        for (Script script : scripts) {
            int exitCode = sweep(script);
            if (exitCode != 0) {
                return exitCode;
            }
        }
        return 0;
    }

    private int sweep(Script script) throws InterruptedException {
        Sweep sweep = new Sweep(script, Ports.HONEST, null);
        long calls = sweep.countCalls();
        int variants = Sweep.variants(tears);
        System.out.printf("%s: %d calls, %d tellings%n", script.name(), calls, calls * variants);
        Campaign campaign = new Campaign(threads, Long.MAX_VALUE);
        Series series = new Series(
                script.name() + " telling",
                "sweep",
                Sometimes.Scope.NODE,
                number -> sweep.run(Sweep.point(1 + number / variants, (int) (number % variants), tears)),
                number -> "bin/stele-sim sweep " + script.name() + " --point "
                        + Sweep.point(1 + number / variants, (int) (number % variants), tears));
        return campaign.run(series, 0, calls * variants - 1, ledger);
    }

    private int runOne(Script script) {
        Verdict verdict = new Sweep(script, Ports.HONEST, System.out::println).run(parsePoint());
        if (verdict.isGood()) {
            System.out.println(verdict.name() + ": nothing was violated");
            return 0;
        }
        Report.violation(verdict, "bin/stele-sim sweep " + script.name() + " --point " + point);
        return 1;
    }

    private Sweep.Point parsePoint() {
        try {
            return Sweep.Point.parse(point);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new ParameterException(spec.commandLine(), "'" + point + "' is not FAULT@CALL/TEAR");
        }
    }
}
