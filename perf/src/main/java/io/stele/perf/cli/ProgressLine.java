package io.stele.perf.cli;

import io.stele.perf.load.Phase;
import io.stele.perf.load.PhaseListener;
import io.stele.perf.load.Sample;
import io.stele.perf.report.Figures;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** One line on a terminal that is written over every second; nothing where nobody watches. */
final class ProgressLine implements PhaseListener {
    private static final String ERASE_LINE = "\r\u001B[K";

    private final PrintWriter out;
    private final boolean live;
    private String name = "";

    ProgressLine(PrintWriter out, boolean live) {
        this.out = out;
        this.live = live;
    }

    void begin(String newName) {
        name = newName;
        show(name + " …");
    }

    @Override
    public void onSecond(Phase phase, Sample sample, long completed, List<Histogram> lanes) {
        String done = phase.total() > 0
                ? String.format(Locale.ROOT, "%3.0f %%", 100.0 * completed / phase.total())
                : String.format(Locale.ROOT, "%.0f/%.0f s", sample.atSeconds(), phase.durationNs() / 1e9);
        show(name + "  " + done + "  " + Figures.count(sample.throughput()) + "/s  p50 "
                + Figures.time(sample.p50Ns()) + "  p99 " + Figures.time(sample.p99Ns())
                + (sample.errors() > 0 ? "  errors " + Figures.count(sample.errors()) : ""));
    }

    private void show(String line) {
        if (live) {
            out.print(ERASE_LINE + line);
            out.flush();
        }
    }

    void end() {
        if (live) {
            out.print(ERASE_LINE);
            out.flush();
        }
    }
}
