package io.stele.perf.lease;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What a run has found.
 *
 * @param ttl seconds that were granted
 * @param grantNs how long it took to grant all and to put their keys
 * @param grants latencies
 * @param burstNs how long it took to renew all once, as fast as it goes
 * @param renewals latencies of those that were answered while all were kept alive, from when each was due
 * @param failedRenewals without an answer
 * @param unrenewed leases that ended although they were to be kept alive: no renewal was answered in time
 * @param expired of all leases, when nobody kept them alive any more
 * @param leaderChanges that were seen
 * @param standstills how often this process stood still
 * @param stoodStillNs for how long in all
 * @param beyond from the earliest right time of an end to when it was seen
 * @param violations what ended too early or too late
 */
public record LeaseResult(
        long ttl,
        long grantNs,
        Histogram grants,
        long burstNs,
        Histogram renewals,
        long failedRenewals,
        long unrenewed,
        long expired,
        int leaderChanges,
        int standstills,
        long stoodStillNs,
        Histogram beyond,
        List<String> violations) {}
