package io.stele.simulator;

import io.stele.simulator.workload.Session;
import io.stele.simulator.workload.Workload;
import io.stele.storage.file.Ballast;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.sim.DiskFault;
import io.stele.storage.file.sim.SimCrash;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * One run from one seed: several lives of a node under load, each with its own end; then everything is healed and the
 * node has to have all that it ever acknowledged; then bits rot in its files, and it may refuse but not lie.
 */
public final class Simulation {
    private static final DiskFault[] CRASHES = {
        DiskFault.CRASH_BEFORE, DiskFault.CRASH_INSIDE, DiskFault.CRASH_INSIDE, DiskFault.CRASH_AFTER
    };
    private static final int CALLS_MAX = 400;
    private static final int ALLOCATIONS_MAX = 12;

    private final Dice dice;
    private final SimOptions options;
    private final World world;
    private final Workload workload;
    private LifeFault fault;
    private int endStep;
    private int healStep;
    private boolean diskIsFull;
    private boolean hadBallast;

    private Simulation(long seed, Ports ports, Consumer<String> listener) {
        dice = new Dice(seed);
        options = new SimOptions(dice);
        workload = new Workload(options.workload);
        world = new World(options.settings, ports, options.workload.clientCount + 1, listener);
    }

    /** Runs a seed. */
    public static Verdict run(long seed) {
        return run(seed, Ports.HONEST, null);
    }

    /** Runs a seed; {@code listener} takes a readable timeline and may be null. */
    public static Verdict run(long seed, Ports ports, Consumer<String> listener) {
        Simulation simulation = new Simulation(seed, ports, listener);
        Violation violation = simulation.run();
        return simulation.world.verdict("seed " + seed, violation);
    }

    private Violation run() {
        try {
            for (int life = 1; life <= options.lifeCount; life++) {
                live();
            }
            endWell();
            return null;
        } catch (Violation violation) {
            world.timeline.say("VIOLATION " + violation.getMessage());
            return violation;
        } catch (RuntimeException | Error e) {
            world.timeline.say("FAILED " + e);
            return new Violation("no failure without a cause", e.toString(), e);
        }
    }

    private void live() {
        fault = options.fault(dice);
        endStep = 1 + dice.next(Decision.FAULT, options.stepsPerLife);
        healStep = endStep + 1 + dice.next(Decision.FAULT, options.stepsPerLife);
        diskIsFull = false;
        Injection.Target[] targets = Injection.Target.values();
        Injection.Target target = targets[dice.next(Decision.FAULT, targets.length)];
        boolean isAllocation = target == Injection.Target.ALLOCATION;
        long faultyCall = Dice.logUniform(
                dice.stream(Decision.FAULT, 1, world.life()), 1, isAllocation ? ALLOCATIONS_MAX : CALLS_MAX);
        try {
            world.boot(target, faultyCall, faultAtCall());
            Questions.ask(world);
            for (int step = 0; step < options.stepsPerLife && !endsAt(step); step++) {
                step();
            }
            end();
        } catch (SimCrash crash) {
            endSuddenly();
        } catch (StorageException e) {
            stopped(e);
        }
        world.disk.quota(Long.MAX_VALUE);
    }

    private DiskFault faultAtCall() {
        return switch (fault) {
            case CRASH_AT_CALL -> CRASHES[dice.next(Decision.FAULT, CRASHES.length)];
            case ERROR_AT_CALL -> DiskFault.EIO;
            case NO_SPACE_AT_CALL -> DiskFault.NO_SPACE;
            case CLEAN_STOP, POWER_CUT, KILL, FULL_DISK -> DiskFault.NONE;
        };
    }

    private boolean endsAt(int step) {
        if (step == healStep && diskIsFull) {
            heal();
        }
        if (step != endStep) {
            return false;
        }
        if (fault == LifeFault.FULL_DISK) {
            world.disk.quota(world.disk.usedBytes() + dice.next(Decision.FAULT, 20_000));
            diskIsFull = true;
            hadBallast = world.disk.names().contains(Ballast.NAME);
            world.coverage.fault();
        }
        return fault == LifeFault.CLEAN_STOP || fault == LifeFault.POWER_CUT || fault == LifeFault.KILL;
    }

    /** Somebody else has made room: the node notices by itself. */
    private void heal() {
        boolean wasOutOfSpace = world.node().isOutOfSpace();
        if (hadBallast && !world.disk.names().contains(Ballast.NAME)) {
            world.coverage.note(Sometimes.BALLAST_DROPPED);
        }
        world.disk.quota(Long.MAX_VALUE);
        diskIsFull = false;
        if (wasOutOfSpace) {
            world.runUntil("writes are accepted again", () -> !world.node().isOutOfSpace());
            world.coverage.note(Sometimes.SPACE_CAME_BACK);
        }
    }

    private void end() {
        if (world.injection.happened() && world.injection.fault() == DiskFault.NO_SPACE) {
            world.coverage.note(Sometimes.NO_SPACE_SURVIVED);
        }
        if (fault == LifeFault.KILL) {
            world.kill();
        } else if (fault == LifeFault.CLEAN_STOP) {
            world.close();
        } else {
            world.powerCut(dice.next(Decision.POWER));
        }
    }

    /** The node gave up: it may, if the disk has failed. */
    private void stopped(StorageException e) {
        boolean isFull = e.kind() == StorageException.Kind.NO_SPACE;
        boolean hasCause = (world.injection.happened() && world.injection.isError()) || (diskIsFull && isFull);
        if (!hasCause) {
            throw new Violation("no failure without a cause", e.getMessage(), e);
        }
        world.timeline.say("the node stops: " + e.getMessage());
        world.coverage.note(isFull ? Sometimes.NO_SPACE_STOPPED_NODE : Sometimes.ERROR_STOPPED_NODE);
        endSuddenly();
    }

    private void endSuddenly() {
        boolean powerStays = dice.next(Decision.POWER, 2) == 0;
        world.endSuddenly(powerStays, dice.next(Decision.POWER));
    }

    private void step() {
        world.clock.advance(Long.remainderUnsigned(dice.next(Decision.CLOCK), options.stepNsMax));
        int[] paces = options.paces;
        int at = dice.next(Decision.SCHEDULE, paces[0] + paces[1] + paces[2] + paces[3]);
        if (at < paces[0]) {
            world.step(World.Actor.NODE);
        } else if (at < paces[0] + paces[1]) {
            world.step(World.Actor.SYNC);
        } else if (at < paces[0] + paces[1] + paces[2]) {
            world.step(World.Actor.CHECKPOINT);
        } else {
            moveClient();
        }
    }

    private void moveClient() {
        Session session = world.sessions.get(1 + dice.next(Decision.CLIENT, options.workload.clientCount));
        SplittableRandom random = dice.stream(Decision.CLIENT, 1 + session.number(), world.stepCount());
        session.receive(random.nextInt(8));
        int calls = random.nextInt(1 + options.workload.pipelineMax);
        while (calls-- > 0 && session.waitingCount() < options.workload.pipelineMax) {
            call(session);
        }
        if (options.workload.cutOneIn > 0 && random.nextInt(options.workload.cutOneIn) == 0) {
            world.cut(session);
        }
    }

    private void call(Session session) {
        SplittableRandom random = dice.stream(Decision.WORKLOAD, session.number(), session.nextCallNumber());
        long revision = world.answers.model().revision();
        world.send(session, correlationId -> workload.next(correlationId, random, revision));
    }

    private void endWell() {
        world.boot();
        world.verify(List.of(Questions::ask));
        world.kill();
        world.boot();
        world.verify(List.of(Questions::ask));
        world.close();
        world.boot();
        world.verify(List.of(Questions::ask));
        if (options.rotCount > 0) {
            // Not after a power cut: the log's last group has no witness then, and its rot looks like a torn tail.
            if (dice.next(Decision.POWER, 2) == 0) {
                world.kill();
            } else {
                world.close();
            }
            RotTrial.run(world, dice, options.rotCount, List.of(Questions::ask));
        }
    }
}
