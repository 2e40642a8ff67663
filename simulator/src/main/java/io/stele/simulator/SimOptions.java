package io.stele.simulator;

import io.stele.simulator.workload.WorkloadOptions;
import java.util.EnumMap;
import java.util.SplittableRandom;

/** What is drawn from the seed before a run: a subset of all faults, sizes at their extremes, a pace for each agent. */
final class SimOptions {
    final NodeSettings settings;
    final WorkloadOptions workload;
    final int lifeCount;
    final int stepsPerLife;

    /** How often each actor is moved, relative to the others: node, sync, checkpoint, client. */
    final int[] paces = new int[4];

    final long stepNsMax;

    /** How likely each fault is; some are off. */
    private final EnumMap<LifeFault, Integer> faultWeights = new EnumMap<>(LifeFault.class);

    final int rotCount;

    SimOptions(Dice dice) {
        SplittableRandom random = dice.stream(Decision.OPTIONS, 0, 0);
        settings = NodeSettings.draw(random);
        workload = WorkloadOptions.draw(dice.stream(Decision.OPTIONS, 1, 0));
        SplittableRandom faults = dice.stream(Decision.OPTIONS, 2, 0);
        lifeCount = 1 + faults.nextInt(5);
        stepsPerLife = (int) Dice.logUniform(faults, 20, 1500);
        for (int i = 0; i < paces.length; i++) {
            paces[i] = (int) Dice.logUniform(faults, 1, 30);
        }
        stepNsMax = Dice.logUniform(faults, 10_000, 20_000_000);
        for (LifeFault fault : LifeFault.values()) {
            faultWeights.put(fault, faults.nextBoolean() ? 1 + faults.nextInt(10) : 0);
        }
        faultWeights.merge(LifeFault.CRASH_AT_CALL, 2, Integer::sum);
        rotCount = faults.nextInt(3) == 0 ? 1 + faults.nextInt(4) : 0;
    }

    LifeFault fault(Dice dice) {
        int sum = faultWeights.values().stream().mapToInt(Integer::intValue).sum();
        int at = dice.next(Decision.FAULT, sum);
        for (LifeFault fault : LifeFault.values()) {
            at -= faultWeights.get(fault);
            if (at < 0) {
                return fault;
            }
        }
        return LifeFault.CRASH_AT_CALL;
    }
}
