package io.stele.perf.lease;

/**
 * What a run does.
 *
 * @param leases each with one key
 * @param ttl seconds
 * @param connections that they share, in turn
 * @param inFlight requests under way at most
 * @param seconds how long all are kept alive, unless leaders are killed
 * @param kills of leaders while they are kept alive
 * @param killEverySeconds from one kill to the next
 * @param graceMs how much longer than its time a lease may live
 */
public record LeasePlan(
        int leases,
        long ttl,
        int connections,
        int inFlight,
        int seconds,
        int kills,
        int killEverySeconds,
        long graceMs) {}
