package io.stele.perf.watch;

/**
 * What a run does.
 *
 * @param watchers on all keys that are written
 * @param keyWatchers on one key each, beside them
 * @param connections that they share, in turn
 * @param rate puts per second
 * @param seconds how long
 * @param keys that are written
 * @param valueLength bytes
 * @param behind puts before the watchers start, which start at the first of them
 * @param stalledConnections of the connections, that stop reading from time to time
 * @param stallSeconds how long each time
 * @param stallEverySeconds from one time to the next
 * @param killEverySeconds how often the leader is killed; 0: never
 */
public record WatchPlan(
        int watchers,
        int keyWatchers,
        int connections,
        long rate,
        int seconds,
        long keys,
        int valueLength,
        long behind,
        int stalledConnections,
        int stallSeconds,
        int stallEverySeconds,
        int killEverySeconds) {}
