package io.stele.simulator.cluster;

import io.stele.simulator.Dice;
import java.util.SplittableRandom;

/** What the network of one run is like when nothing special happens to it. */
final class WeatherOptions {
    static final int MILLION = 1_000_000;

    final long delayNs;

    /** How much longer some frames take; more than the time between two frames, and they overtake each other. */
    final long jitterNs;

    /** Out of a million. */
    final int lost;

    final int repeated;
    final int flipped;
    final int backPressured;

    /** A frame that comes again may come this much later. */
    final long repeatDelayNs;

    /** Whether members notice that a link is cut. */
    final boolean cutsAreSeen;

    WeatherOptions(SplittableRandom random) {
        delayNs = Dice.logUniform(random, 20_000, 10 * SimTime.MS_NS);
        jitterNs = random.nextBoolean() ? 0 : Dice.logUniform(random, 10_000, 50 * SimTime.MS_NS);
        lost = rate(random, 200_000);
        repeated = rate(random, 300_000);
        flipped = rate(random, 20_000);
        backPressured = rate(random, 100_000);
        repeatDelayNs = Dice.logUniform(random, 10_000, 20 * SimTime.SECOND_NS);
        cutsAreSeen = random.nextBoolean();
    }

    private static int rate(SplittableRandom random, int most) {
        return random.nextBoolean() ? 0 : (int) Dice.logUniform(random, 100, most);
    }

    @Override
    public String toString() {
        return "frames take " + delayNs / 1000 + " + " + jitterNs / 1000 + " us, of 100 are lost " + lost / 10_000.0
                + ", repeated " + repeated / 10_000.0 + ", flipped " + flipped / 10_000.0;
    }
}
