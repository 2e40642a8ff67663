package io.stele.simulator.workload;

import io.stele.simulator.Dice;
import java.util.SplittableRandom;

/** Who watches in a run, and how, drawn from its seed. */
public final class WatchOptions {
    private static final long MS_NS = 1_000_000L;

    public final int clientCount;
    public final int watchesMax;

    /** Average time between two things that one of them does. */
    public final long thinkNs;

    /** One in so many of them: it reads nothing for a while; it goes elsewhere; it asks how far it is. 0: never. */
    public final int deafOneIn;

    public final int leaveOneIn;
    public final int askOneIn;
    public final int cancelOneIn;
    public final long deafNs;

    public WatchOptions(SplittableRandom random) {
        clientCount = 1 + random.nextInt(4);
        watchesMax = (int) Dice.logUniform(random, 1, 12);
        thinkNs = Dice.logUniform(random, 10 * MS_NS, 500 * MS_NS);
        deafOneIn = random.nextBoolean() ? 0 : 3 + random.nextInt(30);
        leaveOneIn = random.nextBoolean() ? 0 : 3 + random.nextInt(60);
        askOneIn = random.nextBoolean() ? 0 : 2 + random.nextInt(10);
        cancelOneIn = random.nextBoolean() ? 0 : 5 + random.nextInt(40);
        deafNs = Dice.logUniform(random, 100 * MS_NS, 8_000 * MS_NS);
    }

    @Override
    public String toString() {
        return clientCount + " who watch, " + watchesMax + " watches each";
    }
}
