package io.stele.simulator;

import java.util.EnumMap;
import java.util.SplittableRandom;

/**
 * All chance of a run, from one seed, by hashing (seed, kind of decision, lane, number of the decision) instead of
 * drawing from one stream: a decision that is added or removed does not move any other.
 */
public final class Dice {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final long seed;
    private final EnumMap<Decision, Long> counters = new EnumMap<>(Decision.class);

    public Dice(long seed) {
        this.seed = seed;
    }

    public long seed() {
        return seed;
    }

    /** The number for one decision. */
    public static long hash(long seed, Decision kind, long lane, long number) {
        long hash = mix(seed + GOLDEN * kind.salt);
        hash = mix(hash ^ (lane + 1) * 0xD6E8FEB86659FD93L);
        return mix(hash ^ number * 0xC2B2AE3D27D4EB4FL);
    }

    /** The next number of a kind. */
    public long next(Decision kind) {
        return hash(seed, kind, 0, counters.merge(kind, 1L, Long::sum) - 1);
    }

    /** The next number of a kind, in {@code [0, bound)}. */
    public int next(Decision kind, int bound) {
        return (int) Long.remainderUnsigned(next(kind), bound);
    }

    /** True once in {@code n} times. */
    public boolean oneIn(Decision kind, int n) {
        return next(kind, n) == 0;
    }

    /** A stream of its own for something that needs many numbers. */
    public SplittableRandom stream(Decision kind, long lane, long number) {
        return new SplittableRandom(hash(seed, kind, lane, number));
    }

    /** Between {@code low} and {@code high}, small numbers as likely as large ones. */
    public static long logUniform(SplittableRandom random, long low, long high) {
        double lowest = Math.log((double) low);
        double value = Math.exp(lowest + random.nextDouble() * (Math.log((double) high + 1) - lowest));
        return Math.min(high, Math.max(low, (long) value));
    }

    private static long mix(long value) {
        long a = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return b ^ (b >>> 31);
    }
}
