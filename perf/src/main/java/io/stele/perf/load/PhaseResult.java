package io.stele.perf.load;

import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What a phase came to.
 *
 * @param startedAtMs when it began, as the wall clock had it.
 * @param seconds     from its beginning to the last reply.
 * @param lanes       latencies by kind of operation; in an open loop counted from when each operation was due.
 * @param service     latencies from send to reply: an open loop's only, else empty.
 * @param timeline    the run by seconds.
 * @param errors      failures by reason.
 * @param keyCount    keys that replies carried or that writes touched.
 * @param byteCount   value bytes that travelled.
 * @param emptyCount  replies without a key where one was expected.
 * @param unsentCount operations that were due but never sent, because all slots stayed busy.
 */
public record PhaseResult(
        long startedAtMs,
        double seconds,
        Map<String, Histogram> lanes,
        Histogram service,
        List<Sample> timeline,
        Map<String, Long> errors,
        long keyCount,
        long byteCount,
        long emptyCount,
        long unsentCount) {

    /** Latencies of all kinds of operation together. */
    public Histogram all() {
        Histogram all = LatencyRecorder.newHistogram();
        lanes.values().forEach(all::add);
        return all;
    }

    public long errorCount() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }

    public double throughput() {
        return seconds == 0 ? 0 : all().getTotalCount() / seconds;
    }
}
