package io.stele.simulator.cluster;

import io.stele.server.cli.LogSetup;
import io.stele.simulator.Decision;
import io.stele.simulator.Dice;
import io.stele.simulator.Verdict;
import io.stele.simulator.Violation;
import java.util.function.Consumer;

/**
 * One run of a whole cluster from one seed: first harm is done to it for a while, and nothing may go wrong; then a
 * quorum is left in peace, and everything has to go right.
 */
public final class ClusterSimulation {
    /** Seeds from here on draw from all that there is; those before mean what they did when they found something. */
    public static final long FIRST_SEED_WITH_ALL = ClusterOptions.LOST_DISK_SEEDS_FROM + 1;

    private final ClusterWorld world;
    private final Nemesis nemesis;

    private ClusterSimulation(long seed, ClusterPorts ports, Consumer<String> listener) {
        Dice dice = new Dice(seed);
        ClusterOptions options = new ClusterOptions(dice);
        world = new ClusterWorld(dice, options, ports, listener);
        nemesis = new Nemesis(world);
    }

    /** Runs a seed. */
    public static Verdict run(long seed) {
        return run(seed, ClusterPorts.HONEST, null);
    }

    /** Runs a seed; {@code listener} takes a readable timeline and may be null. */
    public static Verdict run(long seed, ClusterPorts ports, Consumer<String> listener) {
        silenceLogs();
        ClusterSimulation simulation = new ClusterSimulation(seed, ports, listener);
        Violation violation = simulation.run();
        simulation.world.noteRun();
        return new Verdict(
                "cluster seed " + seed, violation, simulation.world.timeline.hash(), simulation.world.coverage);
    }

    /** Runs on several threads may begin at once, and logging cannot be set up by two of them. */
    private static synchronized void silenceLogs() {
        LogSetup.level("off");
    }

    private Violation run() {
        try {
            world.say("cluster of " + world.options);
            for (SimMember member : world.members) {
                member.boot();
            }
            Administrator administrator = world.options.reformNs == 0 ? null : new Administrator(world);
            world.runTo(world.time.nanoTime() + world.options.chaosNs);
            nemesis.end();
            new Recovery(world, administrator, world.random(Decision.FAULT, 11)).run();
            world.answers.checkHistories();
            return null;
        } catch (Violation violation) {
            world.say("VIOLATION " + violation.getMessage());
            return violation;
        } catch (RuntimeException | Error e) {
            world.say("FAILED " + e);
            return new Violation("no failure without a cause", e.toString(), e);
        }
    }
}
