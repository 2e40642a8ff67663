package io.stele.perf.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.stele.perf.load.BenchException;
import io.stele.perf.load.PhaseResult;
import io.stele.perf.load.Sample;
import io.stele.perf.load.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * One run: {@code summary.json}. Everything that a page or a comparison shows comes from here.
 *
 * @param version    of this layout.
 * @param scenario   what was done over and over.
 * @param server     the server's name and version.
 * @param load       the load in words.
 * @param startedAt  when the measurement began.
 * @param options    every option that shapes the load.
 * @param machine    what it ran on.
 * @param operations operations that succeeded.
 * @param seconds    from the beginning to the last reply.
 * @param throughput operations per second.
 * @param keys       keys that replies carried or that writes touched.
 * @param bytes      value bytes that travelled.
 * @param empty      replies without a key where one was expected.
 * @param unsent     operations of an open loop that were due but could not be sent.
 * @param errors     failures by reason.
 * @param latency    of all operations; in an open loop counted from when each was due.
 * @param lanes      the same by kind of operation.
 * @param service    from send to reply: an open loop's only, else null.
 * @param disk       a bare write and fdatasync of as many bytes, or null.
 * @param timeline   the run by seconds.
 */
public record Summary(
        int version,
        String scenario,
        String server,
        String load,
        String startedAt,
        Map<String, String> options,
        Map<String, String> machine,
        long operations,
        double seconds,
        double throughput,
        long keys,
        long bytes,
        long empty,
        long unsent,
        Map<String, Long> errors,
        Latency latency,
        Map<String, Latency> lanes,
        Latency service,
        Latency disk,
        List<Sample> timeline) {

    static final int VERSION = 1;
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    /** What a run was, before its result is known. */
    public record Subject(Scenario scenario, String server, String load, Map<String, String> options) {}

    /** Puts a result together with what it is the result of; {@code disk} may be null. */
    public static Summary of(Subject subject, Map<String, String> machine, PhaseResult result, Histogram disk) {
        Histogram all = result.all();
        Map<String, Latency> lanes = new LinkedHashMap<>();
        result.lanes().forEach((lane, histogram) -> lanes.put(lane, Latency.of(histogram)));
        return new Summary(
                VERSION,
                subject.scenario().label(),
                subject.server(),
                subject.load(),
                Instant.ofEpochMilli(result.startedAtMs())
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString(),
                subject.options(),
                machine,
                all.getTotalCount(),
                result.seconds(),
                result.throughput(),
                result.keyCount(),
                result.byteCount(),
                result.emptyCount(),
                result.unsentCount(),
                new TreeMap<>(result.errors()),
                Latency.of(all),
                lanes,
                result.service().getTotalCount() == 0 ? null : Latency.of(result.service()),
                disk == null ? null : Latency.of(disk),
                result.timeline());
    }

    public long errorCount() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Whether the load is what a single caller who waits for each reply does. */
    public boolean oneAtATime() {
        return "1".equals(options.get("clients")) && "1".equals(options.get("in-flight"));
    }

    /** How a column or a curve of this run is called. */
    public String title() {
        return scenario + " " + server;
    }

    public void write(Path directory) throws IOException {
        Files.writeString(directory.resolve("summary.json"), json() + "\n");
    }

    String json() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new BenchException("cannot write the summary: " + e.getMessage(), e);
        }
    }

    /** Reads {@code summary.json}, given it or its directory. */
    public static Summary read(Path path) {
        Path file = Files.isDirectory(path) ? path.resolve("summary.json") : path;
        if (!Files.isRegularFile(file)) {
            throw new BenchException("no report in " + path + ": " + file + " does not exist");
        }
        try {
            Summary summary = JSON.readValue(file.toFile(), Summary.class);
            if (summary.version != VERSION || summary.latency == null) {
                throw new BenchException(file + " is not a report of this version");
            }
            return summary;
        } catch (JsonProcessingException e) {
            throw new BenchException(file + " is not a report: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new BenchException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
