package io.stele.perf.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What a run has found that is more than one load's latencies: figures in words, latencies by name, and what was
 * violated. Written as {@code findings.json}, {@code index.html} and a percentile file for each latency.
 */
public final class Findings {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final double NS_PER_MS = 1e6;

    private final String title;
    private final Map<String, String> options;
    private final Map<String, String> figures = new LinkedHashMap<>();
    private final Map<String, Histogram> latencies = new LinkedHashMap<>();
    private final List<String> violations = new ArrayList<>();

    public Findings(String title, Map<String, String> options) {
        this.title = title;
        this.options = new LinkedHashMap<>(options);
    }

    public void figure(String name, String value) {
        figures.put(name, value);
    }

    public void latency(String name, Histogram histogram) {
        latencies.put(name, histogram);
    }

    public void violations(List<String> all) {
        violations.addAll(all);
    }

    /** A distribution in a few words. */
    public static String times(Histogram histogram) {
        return "p50 " + Figures.time(histogram.getValueAtPercentile(50)) + "  p99 "
                + Figures.time(histogram.getValueAtPercentile(99)) + "  p99.9 "
                + Figures.time(histogram.getValueAtPercentile(99.9)) + "  max "
                + Figures.time(histogram.getMaxValue());
    }

    /** For a terminal. */
    public void print(PrintWriter out) {
        figures.forEach((name, value) -> out.printf(Locale.ROOT, "%-14s %s%n", name, value));
        violations.forEach(violation -> out.printf(Locale.ROOT, "%-14s %s%n", "VIOLATION", violation));
        out.flush();
    }

    /** Writes the report; the machine is described as that whose disk holds the directory. */
    public void write(Path directory, Path home) throws IOException {
        Files.createDirectories(directory);
        Map<String, String> machine = Machine.describe(directory, home);
        String startedAt = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("title", title);
        all.put("writtenAt", startedAt);
        all.put("options", options);
        all.put("machine", machine);
        all.put("figures", figures);
        Map<String, Latency> summaries = new LinkedHashMap<>();
        latencies.forEach((name, histogram) -> summaries.put(name, Latency.of(histogram)));
        all.put("latencies", summaries);
        all.put("violations", violations);
        Files.writeString(directory.resolve("findings.json"), JSON.writeValueAsString(all) + "\n");
        Files.writeString(directory.resolve("index.html"), html(machine, summaries, startedAt));
        for (Map.Entry<String, Histogram> latency : latencies.entrySet()) {
            Path file = directory.resolve(latency.getKey().replaceAll("\\W+", "-") + ".hgrm");
            try (PrintStream out = new PrintStream(file.toFile(), StandardCharsets.UTF_8)) {
                latency.getValue().outputPercentileDistribution(out, NS_PER_MS);
            }
        }
    }

    private String html(Map<String, String> machine, Map<String, Latency> summaries, String writtenAt) {
        StringBuilder body = new StringBuilder();
        body.append(Html.heading(1, title)).append(Html.dim(writtenAt));
        body.append(Html.table(null, rows(figures)));
        body.append(Html.heading(2, "Latency"));
        List<List<String>> rows = new ArrayList<>();
        summaries.forEach((name, latency) -> rows.add(List.of(
                name,
                Figures.count(latency.count()),
                Figures.time(latency.p50()),
                Figures.time(latency.p90()),
                Figures.time(latency.p99()),
                Figures.time(latency.p999()),
                Figures.time(latency.max()))));
        body.append(Html.table(List.of("", "count", "p50", "p90", "p99", "p99.9", "max"), rows));
        body.append(Html.heading(2, violations.isEmpty() ? "Nothing was violated" : "Violated"));
        violations.forEach(violation -> body.append(Html.dim(violation)));
        body.append(Html.heading(2, "Options")).append(Html.table(null, rows(options)));
        body.append(Html.heading(2, "Machine")).append(Html.table(null, rows(machine)));
        return Html.page(title, body.toString());
    }

    private static List<List<String>> rows(Map<String, String> words) {
        return words.entrySet().stream()
                .filter(word -> !word.getValue().isEmpty())
                .map(word -> List.of(word.getKey(), word.getValue()))
                .toList();
    }
}
