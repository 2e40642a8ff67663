package io.stele.perf.load;

/**
 * One second of a run.
 *
 * @param atSeconds  its end, from the start of the run.
 * @param throughput operations completed per second.
 * @param p50Ns      their median latency.
 * @param p99Ns      their 99th percentile.
 * @param maxNs      the slowest of them.
 * @param errors     failures in this second.
 */
public record Sample(double atSeconds, double throughput, long p50Ns, long p99Ns, long maxNs, long errors) {}
