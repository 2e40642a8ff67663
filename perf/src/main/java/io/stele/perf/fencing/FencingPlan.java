package io.stele.perf.fencing;

/**
 * What is done.
 *
 * @param runs each with a lock and resources of its own
 * @param batch runs at the same time: locks that one process holds
 * @param ttlSeconds of the holder's leases
 * @param pauseMs for how long the holder stands still
 */
public record FencingPlan(int runs, int batch, long ttlSeconds, long pauseMs) {}
