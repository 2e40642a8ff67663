package io.stele.consensus;

/** A stream of numbers from a seed (the SplitMix64 recurrence): all the randomness there is in the core. */
final class Jitter {
    private long state;

    Jitter(long seed) {
        state = seed;
    }

    long next() {
        state += 0x9E3779B97F4A7C15L;
        long mixed = state;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    /** A number in {@code [0, bound)}. */
    int below(int bound) {
        return (int) Long.remainderUnsigned(next(), bound);
    }
}
