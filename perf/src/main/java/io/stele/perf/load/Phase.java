package io.stele.perf.load;

import java.util.List;

/**
 * One stretch of load: what is done, how many at a time, how fast and for how long.
 *
 * @param scenario     what is done over and over.
 * @param keys         the keys and values it is done with.
 * @param slots        operations that may be under way at the same time, over all connections.
 * @param total        operations after which it ends, or 0.
 * @param durationNs   time after which it ends, or 0.
 * @param rate         operations started per second whatever the replies do (open loop), or 0: as fast as replies come.
 * @param sequential   keys in ascending order rather than at random.
 * @param serializable reads need not be linearizable.
 * @param readRatio    the part of gets in a mixed load.
 * @param listLimit    keys per list, or 0 for all.
 * @param seed         of the random choices.
 */
public record Phase(
        Scenario scenario,
        KeySpace keys,
        int slots,
        long total,
        long durationNs,
        long rate,
        boolean sequential,
        boolean serializable,
        double readRatio,
        long listLimit,
        long seed) {

    /** The histogram of time from send to reply, kept next to the corrected one in an open loop. */
    public static final String SERVICE_LANE = "service";

    public Phase {
        if (total == 0 && durationNs == 0) {
            throw new IllegalArgumentException("a phase needs an end");
        }
    }

    public boolean openLoop() {
        return rate > 0;
    }

    List<String> lanes() {
        return scenario.lanes();
    }

    /** Fills the key space: every key once, in order. */
    public static Phase load(KeySpace keys, int slots, long seed) {
        return new Phase(Scenario.PUT, keys, slots, keys.keyCount(), 0, 0, true, false, 0, 0, seed);
    }

    /** The same load for so long: a warm-up. */
    public Phase lasting(long newDurationNs) {
        return new Phase(
                scenario,
                keys,
                slots,
                0,
                newDurationNs,
                rate,
                sequential,
                serializable,
                readRatio,
                listLimit,
                seed + 1);
    }
}
