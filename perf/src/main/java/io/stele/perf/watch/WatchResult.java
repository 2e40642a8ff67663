package io.stele.perf.watch;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What a run has found.
 *
 * @param puts acknowledged
 * @param failedPuts with a failure or without an answer
 * @param events delivered to all watchers
 * @param putLatency from the time a put was due, but for the seconds after the kill of a leader
 * @param calmPutLatency the part of it before connections stalled for the first time, once everything was warm
 * @param stalledPutLatency the part of it while connections were stalled
 * @param killedPutLatency in those seconds
 * @param catchUpLatency the same until all had caught up, if they had to; the other one is since then
 * @param lag of the connections that never stalled, from the sending of a put to its event
 * @param caughtUpNs from the start of the watchers until all had what had been written before; 0: nothing had
 * @param settledNs from the last put until all had everything
 * @param stalledGrowthBytes by how much a server's memory grew at most while connections were stalled; 0 if unknown
 * @param kills of leaders
 * @param violations what was delivered otherwise than the log is, if anything
 */
public record WatchResult(
        long puts,
        long failedPuts,
        long events,
        Histogram putLatency,
        Histogram calmPutLatency,
        Histogram stalledPutLatency,
        Histogram killedPutLatency,
        Histogram catchUpLatency,
        Histogram lag,
        long caughtUpNs,
        long settledNs,
        long stalledGrowthBytes,
        int kills,
        List<String> violations) {}
