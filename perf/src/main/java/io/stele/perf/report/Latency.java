package io.stele.perf.report;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * A histogram as a report keeps it; times in nanoseconds.
 *
 * @param count  operations.
 * @param mean   their mean.
 * @param p50    half were as fast or faster.
 * @param p90    nine in ten were.
 * @param p99    99 in 100 were.
 * @param p999   999 in 1,000 were.
 * @param max    the slowest.
 * @param curve  the whole distribution, fine enough to be drawn.
 */
public record Latency(long count, double mean, long p50, long p90, long p99, long p999, long max, List<Point> curve) {
    private static final int STEPS_PER_HALF_DISTANCE = 5;

    /** A point of the curve: this part of the operations (0 to 100) took at most so long. */
    public record Point(double percentile, long ns) {}

    /** What is kept of a histogram. */
    public static Latency of(Histogram histogram) {
        if (histogram.getTotalCount() == 0) {
            return new Latency(0, 0, 0, 0, 0, 0, 0, List.of());
        }
        List<Point> curve = new ArrayList<>();
        for (HistogramIterationValue value : histogram.percentiles(STEPS_PER_HALF_DISTANCE)) {
            curve.add(new Point(value.getPercentileLevelIteratedTo(), value.getValueIteratedTo()));
        }
        return new Latency(
                histogram.getTotalCount(),
                histogram.getMean(),
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(90),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getMaxValue(),
                curve);
    }
}
