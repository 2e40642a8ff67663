package io.stele.simulator.workload;

import io.stele.simulator.Dice;
import java.util.SplittableRandom;

/** Who numbers his writes in a run, and how, drawn from its seed. */
public final class OnceOptions {
    private static final long MS_NS = 1_000_000L;

    public final int clientCount;

    /** Writes that one of them has under way at once. */
    public final int laneCount;

    /** Average time between two things that one of them does. */
    public final long thinkNs;

    /** One in so many times a write that is under way is sent to a second member; 0: never. */
    public final int secondOneIn;

    /** One in so many times a write of which nothing is heard is given up; 0: never. */
    public final int giveUpOneIn;

    /** One in so many times a session is closed, or just left, between two writes; 0: never. */
    public final int closeOneIn;

    /** Sessions that are opened beside each one and never used, so that others have to go. */
    public final int unusedMax;

    /** Sessions that the members remember: often fewer than there are. */
    public final int sessionsMax;

    public OnceOptions(SplittableRandom random) {
        clientCount = 1 + random.nextInt(4);
        laneCount = 1 + random.nextInt(4);
        thinkNs = Dice.logUniform(random, 10 * MS_NS, 400 * MS_NS);
        secondOneIn = random.nextBoolean() ? 0 : 2 + random.nextInt(10);
        giveUpOneIn = random.nextBoolean() ? 0 : 2 + random.nextInt(20);
        closeOneIn = random.nextInt(3) == 0 ? 0 : 10 + random.nextInt(100);
        unusedMax = random.nextBoolean() ? 0 : 1 + random.nextInt(12);
        sessionsMax = random.nextBoolean() ? 1024 : 1 + random.nextInt(40);
    }

    @Override
    public String toString() {
        return clientCount + " who number " + laneCount + " writes each in one of " + sessionsMax + " sessions";
    }
}
