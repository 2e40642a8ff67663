package io.stele.perf.report;

import io.stele.perf.load.Phase;
import io.stele.perf.load.PhaseListener;
import io.stele.perf.load.Sample;
import java.io.FileNotFoundException;
import java.nio.file.Path;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/**
 * {@code latency.hlog}: every second's histogram in HdrHistogram's interval log format, for its own tools. Lanes carry
 * their name as a tag where there are several; values are nanoseconds.
 */
public final class IntervalLog implements PhaseListener, AutoCloseable {
    private final HistogramLogWriter writer;

    public IntervalLog(Path directory, String comment, long startedAtMs) throws FileNotFoundException {
        writer = new HistogramLogWriter(directory.resolve("latency.hlog").toFile());
        writer.outputComment(comment);
        writer.outputLogFormatVersion();
        writer.outputStartTime(startedAtMs);
        writer.setBaseTime(startedAtMs);
        writer.outputLegend();
    }

    @Override
    public void onSecond(Phase phase, Sample sample, long completed, List<Histogram> lanes) {
        List<String> names = phase.scenario().lanes();
        for (int i = 0; i < lanes.size(); i++) {
            Histogram lane = lanes.get(i);
            String name = i < names.size() ? names.get(i) : Phase.SERVICE_LANE;
            lane.setTag(lanes.size() == 1 ? null : name);
            writer.outputIntervalHistogram(lane);
        }
    }

    @Override
    public void close() {
        writer.close();
    }
}
