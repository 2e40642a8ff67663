package io.stele.perf.space;

import io.stele.perf.load.BenchException;
import io.stele.perf.load.DiskWatch;
import io.stele.perf.load.KeySpace;
import io.stele.perf.load.LoadRunner;
import io.stele.perf.load.Phase;
import io.stele.perf.load.PhaseListener;
import io.stele.perf.load.PhaseResult;
import io.stele.perf.load.Scenario;
import io.stele.perf.load.Target;
import io.stele.perf.report.Figures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * Whether a store gives disk space back while it serves: loads keys, overwrites them all a few times, deletes nine of
 * ten, compacts, and then only looks, while a light load of puts to the keys that are left goes on.
 *
 * <p>Live bytes are keys and values that the store may not give up: the newest versions, and those that the light load
 * has written over since the last compaction.
 */
public final class SpaceRun {
    private static final int KEPT_OF = 10;
    private static final int LIGHT_SLOTS = 256;
    private static final long SECOND_NS = 1_000_000_000;
    private static final int REST_SECONDS_MAX = 30;

    /**
     * What to do.
     *
     * @param dataDir    of the node.
     * @param overwrites how many times all keys are written over.
     * @param slots      operations under way while loading, overwriting and deleting.
     * @param rate       puts per second while watching.
     * @param ratio      directory over live bytes at which the space counts as given back.
     * @param seconds    how long to wait for that.
     * @param seed       of the random choices.
     */
    public record Plan(Path dataDir, int overwrites, int slots, long rate, double ratio, long seconds, long seed) {}

    /**
     * How it went.
     *
     * @param seconds   from the compaction until the ratio was reached, or until the time was over.
     * @param ratio     at the end, without two log segments and the reserve.
     * @param reached   whether it was reached.
     * @param putNs     slowest put meanwhile, from send to reply.
     * @param ownPutNs  slowest put of the seconds in which no bare force of the same disk took half as long: that
     *                  one's slowness is the store's.
     * @param forceNs   slowest bare force meanwhile.
     * @param restNs    slowest bare force afterwards, for as long, while nothing was asked of the store.
     */
    public record Outcome(
            double seconds, double ratio, boolean reached, long putNs, long ownPutNs, long forceNs, long restNs) {}

    private final Target target;
    private final LoadRunner runner;
    private final KeySpace keys;
    private final Plan plan;
    private final PhaseListener progress;
    private final Consumer<String> lines;

    public SpaceRun(
            Target target,
            LoadRunner runner,
            KeySpace keys,
            Plan plan,
            PhaseListener progress,
            Consumer<String> lines) {
        this.target = target;
        this.runner = runner;
        this.keys = keys;
        this.plan = plan;
        this.progress = progress;
        this.lines = lines;
    }

    public Outcome run() throws IOException, InterruptedException {
        runner.connect(keys);
        fill("load");
        for (int i = 1; i <= plan.overwrites(); i++) {
            fill("overwrite " + i);
            target.compact();
        }
        KeySpace deleted = keys.allButOneOf(KEPT_OF);
        step(
                "delete",
                new Phase(
                        Scenario.DELETE,
                        deleted,
                        plan.slots(),
                        deleted.keyCount(),
                        0,
                        0,
                        true,
                        false,
                        0,
                        0,
                        plan.seed()));
        KeySpace kept = keys.oneOf(KEPT_OF);
        if (runner.count(keys) != kept.keyCount()) {
            throw new BenchException(
                    "there are " + runner.count(keys) + " keys after deleting, not " + kept.keyCount());
        }
        target.compact();
        return watch(kept);
    }

    private void fill(String name) throws IOException, InterruptedException {
        step(name, Phase.load(keys, plan.slots(), plan.seed()));
    }

    private void step(String name, Phase phase) throws IOException, InterruptedException {
        PhaseResult result = runner.run(phase, progress);
        if (result.errorCount() > 0) {
            throw new BenchException(
                    name + ": " + String.join("; ", result.errors().keySet()));
        }
        lines.accept(String.format(
                Locale.ROOT,
                "%-12s %s operations in %.1f s, %s/s, slowest %s; directory %s",
                name,
                Figures.count(phase.total()),
                result.seconds(),
                Figures.count(result.throughput()),
                Figures.time(result.all().getMaxValue()),
                Figures.bytes(DirectoryLength.of(plan.dataDir()).bytes())));
    }

    private Outcome watch(KeySpace kept) throws IOException, InterruptedException {
        try (DiskWatch disk = DiskWatch.begin(plan.dataDir().toAbsolutePath().getParent())) {
            return watch(kept, disk);
        }
    }

    private Outcome watch(KeySpace kept, DiskWatch disk) throws IOException, InterruptedException {
        long pair = (long) kept.keyLength() + kept.valueLength();
        long beginNs = System.nanoTime();
        Histogram puts = new Histogram(3);
        long ownPutNs = 0;
        long forceNs = 0;
        lines.accept(
                "compacted; live bytes " + Figures.bytes(kept.keyCount() * pair) + ", puts at " + plan.rate() + "/s");
        while (true) {
            DirectoryLength directory = DirectoryLength.of(plan.dataDir());
            double seconds = (System.nanoTime() - beginNs) / 1e9;
            long live = (kept.keyCount() + puts.getTotalCount()) * pair;
            double ratio = (double) directory.withoutFixed() / live;
            lines.accept(String.format(
                    Locale.ROOT,
                    "%5.1f s  live %s; directory %s = %.2f ×; without two log segments and reserve %s = %.2f ×; "
                            + "slowest put %s, bare force %s",
                    seconds,
                    Figures.bytes(live),
                    Figures.bytes(directory.bytes()),
                    (double) directory.bytes() / live,
                    Figures.bytes(directory.withoutFixed()),
                    ratio,
                    Figures.time(puts.getMaxValue()),
                    Figures.time(forceNs)));
            boolean reached = ratio <= plan.ratio();
            if (reached || seconds >= plan.seconds()) {
                TimeUnit.MILLISECONDS.sleep((long) (1000 * Math.min(seconds, REST_SECONDS_MAX)));
                return new Outcome(seconds, ratio, reached, puts.getMaxValue(), ownPutNs, forceNs, disk.slowestNs());
            }
            Histogram second = aSecondOfPuts(kept);
            long slowestForceNs = disk.slowestNs();
            if (slowestForceNs < second.getMaxValue() / 2) {
                ownPutNs = Math.max(ownPutNs, second.getMaxValue());
            }
            forceNs = Math.max(forceNs, slowestForceNs);
            puts.add(second);
        }
    }

    /** Latencies from send to reply: the pacer's own lateness is not the store's. */
    private Histogram aSecondOfPuts(KeySpace kept) throws InterruptedException {
        Phase light = new Phase(
                Scenario.PUT, kept, LIGHT_SLOTS, 0, SECOND_NS, plan.rate(), false, false, 0, 0, System.nanoTime());
        PhaseResult result = runner.run(light, PhaseListener.NONE);
        if (result.errorCount() > 0) {
            throw new BenchException(
                    "puts failed: " + String.join("; ", result.errors().keySet()));
        }
        return result.service();
    }
}
