package io.stele.simulator.workload;

import io.stele.simulator.Dice;
import java.util.SplittableRandom;

/** Who holds leases in a run, and how, drawn from its seed. */
public final class LeaseOptions {
    private static final long MS_NS = 1_000_000L;
    private static final int TTL_MIN = 2;

    /** The longest that any lease lives without being renewed, in seconds. */
    public static final int TTL_MAX = 6;

    public final int clientCount;

    /** Average time between two things that one of them does. */
    public final long thinkNs;

    /** One in so many leases is revoked, or given up to end by itself, at each of these times; 0: never. */
    public final int revokeOneIn;

    public final int neglectOneIn;

    public LeaseOptions(SplittableRandom random) {
        clientCount = 1 + random.nextInt(4);
        thinkNs = Dice.logUniform(random, 30 * MS_NS, 800 * MS_NS);
        revokeOneIn = random.nextBoolean() ? 0 : 10 + random.nextInt(60);
        neglectOneIn = 3 + random.nextInt(60);
    }

    /** In seconds. */
    public static int ttl(SplittableRandom random) {
        return TTL_MIN + random.nextInt(TTL_MAX - TTL_MIN + 1);
    }

    @Override
    public String toString() {
        return clientCount + " with leases";
    }
}
