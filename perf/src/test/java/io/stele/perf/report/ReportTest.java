package io.stele.perf.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.perf.load.BenchException;
import io.stele.perf.load.KeySpace;
import io.stele.perf.load.Phase;
import io.stele.perf.load.PhaseResult;
import io.stele.perf.load.Sample;
import io.stele.perf.load.Scenario;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class ReportTest {
    private static final long MS = 1_000_000;

    @TempDir
    private Path directory;

    /** 1,000 latencies of scale, 2 × scale, … 1,000 × scale. */
    private static Histogram histogram(long scaleNs) {
        Histogram histogram = new Histogram(1, 3_600_000_000_000L, 3);
        for (int i = 1; i <= 1000; i++) {
            histogram.recordValue(i * scaleNs);
        }
        return histogram;
    }

    private static Summary summary(String server, long scaleNs, double seconds, Map<String, Long> errors) {
        Map<String, Histogram> lanes = new LinkedHashMap<>();
        lanes.put("put", histogram(scaleNs));
        List<Sample> timeline = List.of(
                new Sample(1, 480, scaleNs, 9 * scaleNs, 10 * scaleNs, 0),
                new Sample(2, 520, scaleNs, 9 * scaleNs, 10 * scaleNs, 3));
        PhaseResult result = new PhaseResult(
                1_700_000_000_000L, seconds, lanes, new Histogram(3), timeline, errors, 1000, 256_000, 0, 0);
        var subject = new Summary.Subject(Scenario.PUT, server, "some load", Map.of("clients", "1", "in-flight", "1"));
        return Summary.of(subject, Map.of("cpu", "<fast & loud>"), result, null);
    }

    @Test
    void shouldReadBackTheSummaryThatItWrote() throws IOException {
        Summary written = summary("stele 1", MS, 2, Map.of("refused", 3L));
        written.write(directory);
        Summary read = Summary.read(directory);
        assertEquals(written, read);
        assertEquals(written, Summary.read(directory.resolve("summary.json")));
        assertEquals(1000, read.operations());
        assertEquals(500.0, read.throughput());
        assertEquals(3, read.errorCount());
        assertEquals(500.0, read.latency().p50() / (double) MS, 1);
        assertEquals(990.0, read.latency().p99() / (double) MS, 1);
        assertEquals(1000.0, read.latency().max() / (double) MS, 1);
    }

    @Test
    void shouldSayWhatIsWrongWithAReportThatCannotBeRead() throws IOException {
        assertTrue(assertThrows(BenchException.class, () -> Summary.read(directory))
                .getMessage()
                .contains("no report in"));
        Files.writeString(directory.resolve("summary.json"), "{ not json");
        assertTrue(assertThrows(BenchException.class, () -> Summary.read(directory))
                .getMessage()
                .contains("is not a report"));
        Files.writeString(directory.resolve("summary.json"), "{\"version\": 99}");
        assertTrue(assertThrows(BenchException.class, () -> Summary.read(directory))
                .getMessage()
                .contains("is not a report of this version"));
    }

    @Test
    void shouldWriteAnIntervalLogThatHdrHistogramReads() throws IOException {
        Phase phase = new Phase(Scenario.MIXED, new KeySpace("k/", 8, 10, 1, 1), 1, 0, MS, 0, false, false, 0.5, 0, 1);
        Histogram gets = histogram(MS);
        Histogram puts = histogram(2 * MS);
        for (Histogram lane : List.of(gets, puts)) {
            lane.setStartTimeStamp(1_000_000);
            lane.setEndTimeStamp(1_001_000);
        }
        try (IntervalLog log = new IntervalLog(directory, "a comment", 1_000_000)) {
            log.onSecond(phase, new Sample(1, 0, 0, 0, 0, 0), 0, List.of(gets, puts));
            log.onSecond(phase, new Sample(2, 0, 0, 0, 0, 0), 0, List.of(gets, puts));
        }
        Map<String, Long> counts = new LinkedHashMap<>();
        try (HistogramLogReader reader =
                new HistogramLogReader(directory.resolve("latency.hlog").toFile())) {
            while (reader.hasNext()) {
                Histogram read = (Histogram) reader.nextIntervalHistogram();
                counts.merge(read.getTag(), read.getTotalCount(), Long::sum);
                assertTrue(read.getMaxValue() >= 1000 * MS);
            }
        }
        assertEquals(Map.of("get", 2000L, "put", 2000L), counts);
    }

    @Test
    void shouldDrawAPageThatNeedsNothingElse() throws Exception {
        String html = RunPage.html(summary("stele 1", MS, 2, Map.of("a <reason>", 3L)));
        assertFalse(html.contains("http"), "the page must not reach for the network");
        assertFalse(html.contains("src="), "the page must be one file");
        assertTrue(html.contains("prefers-color-scheme: dark"));
        assertTrue(html.contains("&lt;fast &amp; loud&gt;") && html.contains("a &lt;reason&gt;"));
        assertEquals(3, svgs(html));
    }

    /** Every drawing is well-formed, and its places are numbers. */
    private static int svgs(String html) throws Exception {
        int count = 0;
        for (int at = html.indexOf("<svg"); at >= 0; at = html.indexOf("<svg", at + 1)) {
            String svg = html.substring(at, html.indexOf("</svg>", at) + 6);
            DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
            assertFalse(svg.contains("NaN") || svg.contains("Infinity"), svg);
            assertTrue(svg.contains("<polyline"), "a curve is drawn");
            count++;
        }
        return count;
    }

    @Test
    void shouldDrawARunWithoutASingleSuccess() {
        PhaseResult nothing = new PhaseResult(
                0, 0, Map.of("put", new Histogram(3)), new Histogram(3), List.of(), Map.of("refused", 9L), 0, 0, 0, 5);
        Summary summary =
                Summary.of(new Summary.Subject(Scenario.PUT, "stele 1", "", Map.of()), Map.of(), nothing, null);
        String html = RunPage.html(summary);
        assertTrue(html.contains("refused") && html.contains("fell behind"));
        assertFalse(html.contains("NaN"));
    }

    @Test
    void shouldSetTwoReportsAgainstEachOther() throws Exception {
        Summary fast = summary("stele 1", MS, 2, Map.of());
        Summary slow = summary("etcd 3", 4 * MS, 20, Map.of("refused", 3L));
        Comparison comparison = new Comparison(fast, slow);
        String text = comparison.text();
        assertTrue(text.contains("A  put stele 1") && text.contains("B  put etcd 3"), text);
        assertEquals("throughput 500/s 50/s 10.0 ×", row(text, "throughput"));
        assertEquals("p50 500 ms 2.00 s 0.25 ×", row(text, "p50"));
        assertEquals("errors 0 3", row(text, "errors"));
        assertEquals(3, svgs(comparison.html()));
    }

    @Test
    void shouldNameTheOptionsInWhichTwoReportsDiffer() {
        Summary a = summary("stele 1", MS, 2, Map.of());
        assertFalse(new Comparison(a, a).text().contains("They differ"));
        PhaseResult nothing =
                new PhaseResult(0, 1, Map.of("put", histogram(1)), new Histogram(3), List.of(), Map.of(), 0, 0, 0, 0);
        var subject = new Summary.Subject(Scenario.PUT, "stele 1", "", Map.of("clients", "9", "in-flight", "1"));
        Summary b = Summary.of(subject, a.machine(), nothing, null);
        String text = new Comparison(a, b).text();
        assertEquals("clients 1 9", row(text.substring(text.indexOf("They differ")), "clients"));
    }

    private static String row(String text, String name) {
        return text.lines()
                .map(line -> line.strip().replaceAll(" {2,}", " "))
                .filter(line -> line.startsWith(name + " "))
                .findFirst()
                .orElse("no row " + name + " in\n" + text);
    }

    @Test
    void shouldTakeMediansOverRoundsInASuite() {
        SuiteReport suite = new SuiteReport(List.of("stele", "etcd"));
        for (int scale : new int[] {3, 1, 2}) {
            suite.add("put-1", "stele", summary("stele 1", scale * MS, scale, Map.of()));
            suite.add("put-1", "etcd", summary("etcd 3", 10L * scale * MS, 10 * scale, Map.of()));
        }
        String text = suite.text();
        assertTrue(text.contains("put-1"), text);
        assertEquals("put-1 stele 500/s 1.00 s 1.98 s 2.00 s 0", row(text, "put-1 stele"));
        assertEquals("put-1 etcd 50/s 10.0 s 19.8 s 20.0 s 10.0 × 0.10 × 0.10 × 0", row(text, "put-1 etcd"));
        assertTrue(suite.html().contains("<svg"));
    }
}
