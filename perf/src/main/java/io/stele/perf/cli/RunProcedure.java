package io.stele.perf.cli;

import io.stele.perf.load.BenchException;
import io.stele.perf.load.DiskProbe;
import io.stele.perf.load.KeySpace;
import io.stele.perf.load.LoadRunner;
import io.stele.perf.load.Phase;
import io.stele.perf.load.PhaseListener;
import io.stele.perf.load.PhaseResult;
import io.stele.perf.load.Scenario;
import io.stele.perf.load.Target;
import io.stele.perf.report.IntervalLog;
import io.stele.perf.report.Machine;
import io.stele.perf.report.RunPage;
import io.stele.perf.report.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** One run from connecting to the written report: load what is missing, warm up, measure, probe the disk. */
final class RunProcedure {
    private static final long DISK_PROBE_NS = TimeUnit.SECONDS.toNanos(2);

    private final Console console;
    private final Scenario scenario;
    private final LoadOptions options;
    private final ProgressLine progress;

    RunProcedure(Console console, Scenario scenario, LoadOptions options) {
        this.console = console;
        this.scenario = scenario;
        this.options = options;
        this.progress = console.progress(options.progress);
    }

    Summary run() throws IOException, InterruptedException {
        if (options.report != null) {
            Files.createDirectories(options.report);
        }
        try (Target target =
                console.targets().open(options.target, options.endpoints, options.connections, options.ioThreads)) {
            String server = target.describe();
            try (LoadRunner runner = new LoadRunner(target, options.connections)) {
                return run(runner, server);
            }
        } finally {
            progress.end();
        }
    }

    private Summary run(LoadRunner runner, String server) throws IOException, InterruptedException {
        KeySpace keys = options.keys();
        runner.connect(keys);
        if (scenario.needsData() && !options.noLoad) {
            load(runner, keys);
        }
        Phase measured = options.measurePhase(scenario, keys);
        if (!options.warmUp.isZero()) {
            progress.begin("warming up " + scenario.label() + " " + options.target);
            runner.run(measured.lasting(options.warmUp.toNanos()), progress);
        }
        progress.begin(scenario.label() + " " + options.target);
        var subject = new Summary.Subject(scenario, server, options.describe(), options.asMap());
        PhaseResult result = measure(runner, measured, subject);
        Histogram disk = null;
        if (options.diskDir != null) {
            progress.begin("disk " + options.diskDir);
            disk = DiskProbe.measure(options.diskDir, options.valueSize, DISK_PROBE_NS);
        }
        Path diskDirectory = options.diskDir == null ? Path.of("").toAbsolutePath() : options.diskDir;
        Path home = Path.of(System.getProperty("stele.home", ""));
        Summary summary = Summary.of(subject, Machine.describe(diskDirectory, home.toAbsolutePath()), result, disk);
        if (options.report != null) {
            summary.write(options.report);
            Files.writeString(options.report.resolve("index.html"), RunPage.html(summary));
        }
        return summary;
    }

    private void load(LoadRunner runner, KeySpace keys) throws InterruptedException {
        if (runner.count(keys) == keys.keyCount()) {
            return;
        }
        progress.begin("loading " + options.target);
        PhaseResult result = runner.run(options.loadPhase(keys), progress);
        long count = runner.count(keys);
        if (count != keys.keyCount()) {
            String why = result.errors().isEmpty()
                    ? "other keys begin with '" + options.keyPrefix + "'"
                    : String.join("; ", result.errors().keySet());
            throw new BenchException("after loading there are " + count + " keys, not " + keys.keyCount() + ": " + why);
        }
    }

    private PhaseResult measure(LoadRunner runner, Phase phase, Summary.Subject subject)
            throws IOException, InterruptedException {
        if (options.report == null) {
            return runner.run(phase, progress);
        }
        String comment = scenario.label() + " " + subject.server() + ": " + subject.load() + "; values in nanoseconds";
        try (IntervalLog log = new IntervalLog(options.report, comment, System.currentTimeMillis())) {
            PhaseListener both = (of, sample, completed, lanes) -> {
                progress.onSecond(of, sample, completed, lanes);
                log.onSecond(of, sample, completed, lanes);
            };
            return runner.run(phase, both);
        }
    }
}
