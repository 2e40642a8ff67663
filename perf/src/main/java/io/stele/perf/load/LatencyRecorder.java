package io.stele.perf.load;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** The latencies of one connection's operations by lane, written by whichever thread completes them. */
final class LatencyRecorder {
    static final long LATENCY_MAX_NS = 3_600_000_000_000L;
    private static final int SIGNIFICANT_DIGITS = 3;

    private final Recorder[] lanes;
    private final Histogram[] spare;

    LatencyRecorder(int laneCount) {
        lanes = new Recorder[laneCount];
        spare = new Histogram[laneCount];
        for (int i = 0; i < laneCount; i++) {
            lanes[i] = new Recorder(1, LATENCY_MAX_NS, SIGNIFICANT_DIGITS);
        }
    }

    static Histogram newHistogram() {
        return new Histogram(1, LATENCY_MAX_NS, SIGNIFICANT_DIGITS);
    }

    static List<Histogram> newHistograms(int laneCount) {
        List<Histogram> histograms = new ArrayList<>();
        for (int i = 0; i < laneCount; i++) {
            histograms.add(newHistogram());
        }
        return histograms;
    }

    void record(int lane, long latencyNs) {
        lanes[lane].recordValue(Math.max(0, Math.min(latencyNs, LATENCY_MAX_NS)));
    }

    /** Moves what was recorded since the last call into the given histograms, one per lane. */
    void drainTo(List<Histogram> intoLanes) {
        for (int i = 0; i < lanes.length; i++) {
            spare[i] = lanes[i].getIntervalHistogram(spare[i]);
            intoLanes.get(i).add(spare[i]);
        }
    }
}
