package io.stele.simulator.workload;

import io.stele.simulator.Dice;
import java.util.EnumMap;
import java.util.SplittableRandom;

/** What the clients of one run do, drawn from its seed: each run leaves most kinds of request out. */
public final class WorkloadOptions {
    /** Kinds of request. */
    public enum Kind {
        PUT,
        GET,
        RANGE,
        DELETE,
        TXN,
        COMPACT,
        LEASE,
        STATUS,
        ILL_FORMED
    }

    private static final int[] VALUE_LENGTHS = {0, 1, 30, 100, 400, 1000, 3000};

    private final EnumMap<Kind, Integer> weights = new EnumMap<>(Kind.class);
    public int keyCount;
    public int valueLengthMax;
    public int leaseCount = 4;
    public int clientCount;
    public int pipelineMax;

    /** One call in so many is followed by the connection's end; 0: none. */
    public int cutOneIn;

    /** Keys from here on are not removed; null: any may be. */
    public byte[] sparedFrom;

    public WorkloadOptions() {}

    public static WorkloadOptions draw(SplittableRandom random) {
        WorkloadOptions options = new WorkloadOptions();
        for (Kind kind : Kind.values()) {
            options.weight(kind, random.nextBoolean() ? (int) Dice.logUniform(random, 1, 100) : 0);
        }
        options.weight(Kind.PUT, options.weight(Kind.PUT) + 10);
        options.weight(Kind.GET, options.weight(Kind.GET) + 3);
        options.weight(Kind.ILL_FORMED, Math.min(options.weight(Kind.ILL_FORMED), 5));
        options.weight(Kind.STATUS, Math.min(options.weight(Kind.STATUS), 3));
        options.keyCount = (int) Dice.logUniform(random, 1, 300);
        options.valueLengthMax = VALUE_LENGTHS[random.nextInt(VALUE_LENGTHS.length)];
        if (random.nextInt(8) == 0) {
            options.valueLengthMax = 20_000;
        }
        options.clientCount = 1 + random.nextInt(5);
        options.pipelineMax = (int) Dice.logUniform(random, 1, 32);
        options.cutOneIn = random.nextBoolean() ? 0 : 50 + random.nextInt(200);
        return options;
    }

    public int weight(Kind kind) {
        return weights.getOrDefault(kind, 0);
    }

    public WorkloadOptions weight(Kind kind, int weight) {
        weights.put(kind, weight);
        return this;
    }

    int weightSum() {
        int sum = 0;
        for (int weight : weights.values()) {
            sum += weight;
        }
        return sum;
    }
}
