package io.stele.perf.report;

import io.stele.perf.load.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The three curves of a run, or of several laid over each other: each run has a colour. */
final class Curves {
    private static final double LOWEST_LEVEL = 0;
    private static final double[] LEVELS = {0, 50, 90, 99, 99.9, 99.99, 99.999, 99.9999};

    /** A run and what its curve is called. */
    record Named(String name, Summary summary) {}

    private Curves() {}

    static String all(List<Named> runs) {
        StringBuilder html = new StringBuilder();
        html.append(Html.heading(2, "Latency by percentile"));
        html.append(names(runs)).append(byPercentile(runs));
        html.append(Html.heading(2, "Throughput over time"));
        html.append(names(runs)).append(throughput(runs));
        html.append(Html.heading(2, "Latency over time"));
        for (int i = 0; i < runs.size(); i++) {
            String name = runs.size() == 1 ? "" : runs.get(i).name() + " ";
            html.append(Html.key(i, false, name + "p99"));
            html.append(Html.key(i, true, name + "p50"));
        }
        return html.append(latency(runs)).toString();
    }

    private static String names(List<Named> runs) {
        StringBuilder html = new StringBuilder();
        for (int i = 0; runs.size() > 1 && i < runs.size(); i++) {
            html.append(Html.key(i, false, runs.get(i).name()));
        }
        return html.toString();
    }

    static String byPercentile(List<Named> runs) {
        double highest = LOWEST_LEVEL;
        long lowestNs = Long.MAX_VALUE;
        long highestNs = 1;
        for (Named run : runs) {
            for (Latency.Point point : run.summary().latency().curve()) {
                highest = Math.max(highest, level(point.percentile()));
                lowestNs = Math.min(lowestNs, point.ns());
                highestNs = Math.max(highestNs, point.ns());
            }
        }
        double end = Math.max(2, highest);
        List<Chart.Tick> ticks = new ArrayList<>();
        for (double percentile : LEVELS) {
            if (level(percentile) <= end) {
                ticks.add(new Chart.Tick(level(percentile), percentile == 0 ? "0" : percentile(percentile)));
            }
        }
        Chart chart = new Chart(
                new Chart.Axis("percentile", LOWEST_LEVEL, end, ticks),
                Chart.logarithmic("latency", lowestNs == Long.MAX_VALUE ? 1 : lowestNs, highestNs, Figures::roundTime));
        for (int i = 0; i < runs.size(); i++) {
            String name = runs.get(i).name();
            List<Chart.Point> points = new ArrayList<>();
            for (Latency.Point point : runs.get(i).summary().latency().curve()) {
                String title = name + " p" + percentile(point.percentile()) + ": " + Figures.time(point.ns());
                double x = point.percentile() >= 100 ? end : level(point.percentile());
                points.add(new Chart.Point(x, Chart.log(point.ns()), title));
            }
            chart.line(i, false, points);
        }
        return chart.svg("latency by percentile");
    }

    /** Nines are evenly spaced: 0, 90, 99, 99.9 … at 0, 1, 2, 3 … */
    private static double level(double percentile) {
        return percentile >= 100 ? LOWEST_LEVEL : -Math.log10(1 - percentile / 100);
    }

    private static String percentile(double percentile) {
        String text = String.format(Locale.ROOT, "%.5f", percentile);
        return text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    static String throughput(List<Named> runs) {
        double highest = 0;
        for (Named run : runs) {
            for (Sample sample : run.summary().timeline()) {
                highest = Math.max(highest, sample.throughput());
            }
        }
        Chart chart = new Chart(seconds(runs), Chart.linear("operations per second", highest, Figures::count));
        for (int i = 0; i < runs.size(); i++) {
            String name = runs.get(i).name();
            List<Chart.Point> points = new ArrayList<>();
            for (Sample sample : runs.get(i).summary().timeline()) {
                String title = name + " at " + Figures.count(sample.atSeconds()) + " s: "
                        + Figures.count(sample.throughput()) + "/s"
                        + (sample.errors() == 0 ? "" : ", " + sample.errors() + " errors");
                points.add(new Chart.Point(sample.atSeconds(), sample.throughput(), title));
            }
            chart.line(i, false, points);
        }
        return chart.svg("throughput over time");
    }

    static String latency(List<Named> runs) {
        long lowestNs = Long.MAX_VALUE;
        long highestNs = 1;
        for (Named run : runs) {
            for (Sample sample : run.summary().timeline()) {
                if (sample.p99Ns() > 0) {
                    lowestNs = Math.min(lowestNs, sample.p50Ns());
                    highestNs = Math.max(highestNs, sample.p99Ns());
                }
            }
        }
        Chart chart = new Chart(
                seconds(runs),
                Chart.logarithmic("latency", lowestNs == Long.MAX_VALUE ? 1 : lowestNs, highestNs, Figures::roundTime));
        for (int i = 0; i < runs.size(); i++) {
            String name = runs.get(i).name();
            List<Chart.Point> p50 = new ArrayList<>();
            List<Chart.Point> p99 = new ArrayList<>();
            for (Sample sample : runs.get(i).summary().timeline()) {
                if (sample.p99Ns() > 0) {
                    String at = name + " at " + Figures.count(sample.atSeconds()) + " s: ";
                    p50.add(new Chart.Point(
                            sample.atSeconds(), Chart.log(sample.p50Ns()), at + "p50 " + Figures.time(sample.p50Ns())));
                    p99.add(new Chart.Point(
                            sample.atSeconds(), Chart.log(sample.p99Ns()), at + "p99 " + Figures.time(sample.p99Ns())));
                }
            }
            chart.line(i, true, p50);
            chart.line(i, false, p99);
        }
        return chart.svg("latency over time");
    }

    private static Chart.Axis seconds(List<Named> runs) {
        double last = 1;
        for (Named run : runs) {
            for (Sample sample : run.summary().timeline()) {
                last = Math.max(last, sample.atSeconds());
            }
        }
        double end = last;
        Chart.Axis round = Chart.linear("seconds", end, Figures::count);
        List<Chart.Tick> ticks =
                round.ticks().stream().filter(tick -> tick.at() <= end * 1.001).toList();
        return new Chart.Axis(round.title(), 0, end, ticks);
    }
}
