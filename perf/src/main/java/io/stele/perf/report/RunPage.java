package io.stele.perf.report;

import java.util.ArrayList;
import java.util.List;

/** {@code index.html} of one run. */
public final class RunPage {
    private static final List<String> HEADING = List.of("", "operations", "p50", "p90", "p99", "p99.9", "max");

    private RunPage() {}

    public static String html(Summary summary) {
        StringBuilder body = new StringBuilder();
        body.append(Html.heading(1, summary.title()));
        body.append(Html.dim(summary.load() + "; " + summary.startedAt()));
        body.append(Html.table(
                List.of("throughput", "operations", "seconds", "value bytes per second", "errors"),
                List.of(List.of(
                        Figures.count(summary.throughput()) + "/s",
                        Figures.count(summary.operations()),
                        Figures.count(summary.seconds()),
                        Figures.bytes(summary.bytes() / Math.max(1e-9, summary.seconds())) + "/s",
                        Figures.count(summary.errorCount())))));
        body.append(Html.heading(2, "Latency"));
        body.append(Html.table(HEADING, latencies(summary)));
        if (!summary.errors().isEmpty() || summary.unsent() > 0 || summary.empty() > 0) {
            body.append(Html.heading(2, "Not as asked"));
            body.append(Html.table(null, troubles(summary)));
        }
        body.append(Curves.all(List.of(new Curves.Named(summary.title(), summary))));
        body.append(Html.heading(2, "Machine"));
        body.append(Html.table(null, words(summary.machine().entrySet().stream().toList())));
        body.append(Html.heading(2, "Options"));
        body.append(Html.table(null, words(summary.options().entrySet().stream().toList())));
        return Html.page(summary.title(), body.toString());
    }

    private static List<List<String>> latencies(Summary summary) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(row(summary.service() == null ? "all" : "all, from when due", summary.latency()));
        if (summary.lanes().size() > 1) {
            summary.lanes().forEach((lane, latency) -> rows.add(row(lane, latency)));
        }
        if (summary.service() != null) {
            rows.add(row("from send to reply", summary.service()));
        }
        if (summary.disk() != null) {
            rows.add(row("bare write + fdatasync", summary.disk()));
        }
        return rows;
    }

    private static List<String> row(String name, Latency latency) {
        return List.of(
                name,
                Figures.count(latency.count()),
                Figures.time(latency.p50()),
                Figures.time(latency.p90()),
                Figures.time(latency.p99()),
                Figures.time(latency.p999()),
                Figures.time(latency.max()));
    }

    private static List<List<String>> troubles(Summary summary) {
        List<List<String>> rows = new ArrayList<>();
        summary.errors().forEach((reason, count) -> rows.add(List.of(Figures.count(count), reason)));
        if (summary.unsent() > 0) {
            rows.add(List.of(Figures.count(summary.unsent()), "due but never sent: the server fell behind the rate"));
        }
        if (summary.empty() > 0) {
            rows.add(List.of(Figures.count(summary.empty()), "replies without a key"));
        }
        return rows;
    }

    private static List<List<String>> words(List<java.util.Map.Entry<String, String>> entries) {
        return entries.stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .map(entry -> List.of(entry.getKey(), entry.getValue()))
                .toList();
    }
}
