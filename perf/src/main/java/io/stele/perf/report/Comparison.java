package io.stele.perf.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/** Two reports against each other: throughput, latencies and their ratios, as a table for a terminal and as a page. */
public final class Comparison {
    private final Summary a;
    private final Summary b;
    private final List<List<String>> rows = new ArrayList<>();

    public Comparison(Summary a, Summary b) {
        this.a = a;
        this.b = b;
        rows.add(List.of(
                "throughput",
                Figures.count(a.throughput()) + "/s",
                Figures.count(b.throughput()) + "/s",
                Figures.ratio(a.throughput(), b.throughput())));
        latency("p50", a.latency().p50(), b.latency().p50());
        latency("p90", a.latency().p90(), b.latency().p90());
        latency("p99", a.latency().p99(), b.latency().p99());
        latency("p99.9", a.latency().p999(), b.latency().p999());
        latency("max", a.latency().max(), b.latency().max());
        rows.add(List.of(
                "value bytes per second",
                Figures.bytes(bytesPerSecond(a)),
                Figures.bytes(bytesPerSecond(b)),
                Figures.ratio(bytesPerSecond(a), bytesPerSecond(b))));
        rows.add(List.of("errors", Figures.count(a.errorCount()), Figures.count(b.errorCount()), ""));
    }

    private void latency(String name, long aNs, long bNs) {
        rows.add(List.of(name, Figures.time(aNs), Figures.time(bNs), Figures.ratio(aNs, bNs)));
    }

    private static double bytesPerSecond(Summary summary) {
        return summary.seconds() == 0 ? 0 : summary.bytes() / summary.seconds();
    }

    /** Options and machine facts in which the two runs differ: what makes the ratios mean less. */
    List<List<String>> differences() {
        List<List<String>> differences = new ArrayList<>();
        if (!a.scenario().equals(b.scenario())) {
            differences.add(List.of("scenario", a.scenario(), b.scenario()));
        }
        differences(a.options(), b.options(), differences);
        differences(a.machine(), b.machine(), differences);
        return differences;
    }

    private static void differences(Map<String, String> a, Map<String, String> b, List<List<String>> into) {
        TreeSet<String> names = new TreeSet<>(a.keySet());
        names.addAll(b.keySet());
        for (String name : names) {
            if (!Objects.equals(a.get(name), b.get(name))) {
                into.add(List.of(name, a.getOrDefault(name, "–"), b.getOrDefault(name, "–")));
            }
        }
    }

    private List<String> heading() {
        return List.of("", "A", "B", "A / B");
    }

    public String text() {
        StringBuilder text = new StringBuilder();
        text.append("A  ")
                .append(a.title())
                .append("  ")
                .append(a.load())
                .append("  ")
                .append(a.startedAt())
                .append('\n');
        text.append("B  ")
                .append(b.title())
                .append("  ")
                .append(b.load())
                .append("  ")
                .append(b.startedAt())
                .append("\n\n");
        text.append(TextTable.format(heading(), rows));
        List<List<String>> differences = differences();
        if (!differences.isEmpty()) {
            text.append("\nThey differ in\n").append(TextTable.format(List.of("", "A", "B"), differences));
        }
        return text.toString();
    }

    public String html() {
        String title = a.title() + " : " + b.title();
        StringBuilder body = new StringBuilder();
        body.append(Html.heading(1, title));
        body.append(Html.dim("A: " + a.title() + ", " + a.load() + "; " + a.startedAt()));
        body.append(Html.dim("B: " + b.title() + ", " + b.load() + "; " + b.startedAt()));
        body.append(Html.table(heading(), rows));
        body.append(Curves.all(List.of(new Curves.Named("A " + a.title(), a), new Curves.Named("B " + b.title(), b))));
        if (!differences().isEmpty()) {
            body.append(Html.heading(2, "Differences"));
            body.append(Html.table(List.of("", "A", "B"), differences()));
        }
        body.append(Html.heading(2, "Machine of A"));
        List<List<String>> machine = new ArrayList<>();
        a.machine().forEach((name, value) -> machine.add(List.of(name, value)));
        body.append(Html.table(null, machine));
        return Html.page(title, body.toString());
    }
}
