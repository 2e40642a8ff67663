package io.stele.perf.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Rounds of several loads against several targets: medians, and the first target's ratio to each other one. */
public final class SuiteReport {
    private final List<String> targets;
    private final Map<String, Map<String, List<Summary>>> runs = new LinkedHashMap<>();

    public SuiteReport(List<String> targets) {
        this.targets = targets;
    }

    public void add(String item, String target, Summary summary) {
        runs.computeIfAbsent(item, name -> new LinkedHashMap<>())
                .computeIfAbsent(target, name -> new ArrayList<>())
                .add(summary);
    }

    /** The middle one; of an even number the mean of the two in the middle. */
    static double median(List<Summary> summaries, ToDoubleFunction<Summary> figure) {
        double[] sorted = summaries.stream().mapToDouble(figure).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private List<String> heading() {
        List<String> heading = new ArrayList<>(List.of("medians", "target", "throughput", "p50", "p99", "p99.9"));
        if (targets.size() > 1) {
            heading.addAll(List.of("throughput ÷", "p50 ÷", "p99 ÷"));
        }
        heading.addAll(List.of("p50 ÷ disk", "errors"));
        return heading;
    }

    private List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        runs.forEach((item, byTarget) -> byTarget.forEach((target, summaries) -> {
            List<String> row = new ArrayList<>();
            row.add(item);
            row.add(target);
            row.add(Figures.count(median(summaries, Summary::throughput)) + "/s");
            row.add(Figures.time(median(summaries, s -> s.latency().p50())));
            row.add(Figures.time(median(summaries, s -> s.latency().p99())));
            row.add(Figures.time(median(summaries, s -> s.latency().p999())));
            if (targets.size() > 1) {
                List<Summary> first = byTarget.get(targets.get(0));
                boolean other = !target.equals(targets.get(0));
                row.add(other ? ratio(first, summaries, Summary::throughput) : "");
                row.add(other ? ratio(first, summaries, s -> s.latency().p50()) : "");
                row.add(other ? ratio(first, summaries, s -> s.latency().p99()) : "");
            }
            boolean probed = summaries.stream().allMatch(s -> s.disk() != null);
            row.add(
                    probed
                            ? Figures.ratio(
                                    median(summaries, s -> s.latency().p50()),
                                    median(summaries, s -> s.disk().p50()))
                            : "");
            row.add(Figures.count(
                    summaries.stream().mapToLong(Summary::errorCount).sum()));
            rows.add(row);
        }));
        return rows;
    }

    private static String ratio(List<Summary> first, List<Summary> other, ToDoubleFunction<Summary> figure) {
        return Figures.ratio(median(first, figure), median(other, figure));
    }

    private String ratioNote() {
        return targets.size() < 2 ? "" : "÷ columns: " + targets.get(0) + " divided by the row's target.";
    }

    public String text() {
        return TextTable.format(heading(), rows()) + (targets.size() < 2 ? "" : "  " + ratioNote() + "\n");
    }

    public String html() {
        String title = String.join(" : ", targets);
        StringBuilder body = new StringBuilder(Html.heading(1, title));
        Summary any = runs.values().iterator().next().values().iterator().next().get(0);
        body.append(Html.dim(any.startedAt() + "; the targets took turns. " + ratioNote()));
        body.append(Html.table(heading(), rows()));
        runs.forEach((item, byTarget) -> {
            List<Curves.Named> middle = new ArrayList<>();
            byTarget.forEach((target, summaries) -> middle.add(new Curves.Named(target, middleRun(summaries))));
            body.append(Html.heading(2, item));
            body.append(Html.dim(middle.get(0).summary().load() + "; each target's middle round by throughput"));
            for (int i = 0; i < middle.size(); i++) {
                body.append(Html.key(i, false, middle.get(i).name()));
            }
            body.append(Html.dim("Latency by percentile")).append(Curves.byPercentile(middle));
            body.append(Html.dim("Operations per second over time")).append(Curves.throughput(middle));
        });
        body.append(Html.heading(2, "Machine"));
        List<List<String>> machine = new ArrayList<>();
        any.machine().forEach((name, value) -> machine.add(List.of(name, value)));
        body.append(Html.table(null, machine));
        return Html.page(title, body.toString());
    }

    private static Summary middleRun(List<Summary> summaries) {
        List<Summary> sorted = new ArrayList<>(summaries);
        sorted.sort((a, b) -> Double.compare(a.throughput(), b.throughput()));
        return sorted.get(sorted.size() / 2);
    }
}
