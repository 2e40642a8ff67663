package io.stele.perf.cli;

import io.stele.perf.report.Figures;
import io.stele.perf.report.Latency;
import io.stele.perf.report.Summary;
import io.stele.perf.report.TextTable;
import java.util.ArrayList;
import java.util.List;

/** A run's result as a terminal shows it. */
final class ResultText {
    private static final List<String> HEADING = List.of("", "p50", "p90", "p99", "p99.9", "max");

    private ResultText() {}

    static String of(Summary summary) {
        StringBuilder text = new StringBuilder();
        text.append(summary.title()).append(": ").append(summary.load()).append('\n');
        text.append("  throughput  ")
                .append(Figures.count(summary.throughput()))
                .append("/s  (")
                .append(Figures.count(summary.operations()))
                .append(" operations in ")
                .append(Figures.count(summary.seconds()))
                .append(" s, ")
                .append(Figures.bytes(summary.bytes() / Math.max(1e-9, summary.seconds())))
                .append("/s of values, ")
                .append(Figures.count(summary.errorCount()))
                .append(" errors)\n");
        List<List<String>> rows = new ArrayList<>();
        rows.add(row(summary.service() == null ? "latency" : "latency from when due", summary.latency()));
        if (summary.lanes().size() > 1) {
            summary.lanes().forEach((lane, latency) -> rows.add(row("  " + lane, latency)));
        }
        if (summary.service() != null) {
            rows.add(row("  from send to reply", summary.service()));
        }
        if (summary.disk() != null) {
            rows.add(row("bare write + fdatasync", summary.disk()));
        }
        text.append(TextTable.format(HEADING, rows));
        if (summary.disk() != null && summary.oneAtATime()) {
            text.append("  p50 is ")
                    .append(Figures.ratio(
                            summary.latency().p50(), summary.disk().p50()))
                    .append(" the bare write + fdatasync\n");
        }
        summary.errors()
                .forEach((reason, count) -> text.append("  ")
                        .append(Figures.count(count))
                        .append(" errors: ")
                        .append(reason)
                        .append('\n'));
        if (summary.unsent() > 0) {
            text.append("  ")
                    .append(Figures.count(summary.unsent()))
                    .append(" operations were due but never sent: the server fell behind the rate\n");
        }
        if (summary.empty() > 0) {
            text.append("  ").append(Figures.count(summary.empty())).append(" replies held no key\n");
        }
        return text.toString();
    }

    static List<String> row(String name, Latency latency) {
        return List.of(
                name,
                Figures.time(latency.p50()),
                Figures.time(latency.p90()),
                Figures.time(latency.p99()),
                Figures.time(latency.p999()),
                Figures.time(latency.max()));
    }

    static List<String> heading() {
        return HEADING;
    }
}
