package io.stele.perf.watch;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What a run has found.
 *
 * @param puts acknowledged
 * @param failedPuts with a failure or without an answer
 * @param events delivered to all watchers
 * @param putLatency from the time a put was due
 * @param catchUpLatency the same until all had caught up, if they had to; the other one is since then
 * @param lag of the connections that never stalled, from the sending of a put to its event
 * @param caughtUpNs from the start of the watchers until all had what had been written before; 0: nothing had
 * @param settledNs from the last put until all had everything
 * @param violations what was delivered otherwise than the log is, if anything
 */
public record WatchResult(
        long puts,
        long failedPuts,
        long events,
        Histogram putLatency,
        Histogram catchUpLatency,
        Histogram lag,
        long caughtUpNs,
        long settledNs,
        List<String> violations) {}
