package io.stele.simulator.sweep;

import io.stele.simulator.Decision;
import io.stele.simulator.Dice;
import io.stele.simulator.Ports;
import io.stele.simulator.Questions;
import io.stele.simulator.Sometimes;
import io.stele.simulator.Verdict;
import io.stele.simulator.Violation;
import io.stele.simulator.World;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.sim.DiskFault;
import io.stele.storage.file.sim.SimCrash;
import java.util.List;
import java.util.function.Consumer;

/**
 * Tells a script again and again, with one fault at one call of the disk port each time, until every call has had every
 * fault: a crash before, inside (several times, for there are many ways to be torn) and after it, an input/output
 * error, a full disk.
 */
public final class Sweep {
    /** One telling: which call, which fault, and the seed of what chance decides in it. */
    public record Point(long call, DiskFault fault, int tearSeed) {
        @Override
        public String toString() {
            return fault + "@" + call + "/" + tearSeed;
        }

        /** The inverse of {@link #toString}. */
        public static Point parse(String text) {
            String[] parts = text.split("[@/]", -1);
            return new Point(Long.parseLong(parts[1]), DiskFault.valueOf(parts[0]), Integer.parseInt(parts[2]));
        }
    }

    private static final int CLIENTS = 4;
    private static final DiskFault[] FAULTS = {
        DiskFault.CRASH_BEFORE, DiskFault.CRASH_INSIDE, DiskFault.CRASH_AFTER, DiskFault.EIO, DiskFault.NO_SPACE
    };

    private final Script script;
    private final Ports ports;
    private final Consumer<String> listener;

    public Sweep(Script script, Ports ports, Consumer<String> listener) {
        this.script = script;
        this.ports = ports;
        this.listener = listener;
    }

    /** How many calls an undisturbed telling makes. */
    public long countCalls() {
        Verdict undisturbed = run(new Point(Long.MAX_VALUE, DiskFault.NONE, 0));
        if (!undisturbed.isGood()) {
            throw undisturbed.violation();
        }
        return undisturbed.coverage().portCallCount();
    }

    /** Kinds of telling for one call; {@code tearSeeds} for each in which something is left to chance. */
    public static int variants(int tearSeeds) {
        return 4 * tearSeeds + 1;
    }

    /** The telling for one call and one number below {@link #variants}. */
    public static Point point(long call, int variant, int tearSeeds) {
        int fault = variant == 4 * tearSeeds ? 4 : variant / tearSeeds;
        return new Point(call, FAULTS[fault], fault == 4 ? 0 : variant % tearSeeds);
    }

    /** Tells the script once. */
    public Verdict run(Point point) {
        World world = new World(script.settings(), ports, CLIENTS, listener);
        Violation violation = null;
        try {
            tell(world, point);
        } catch (Violation e) {
            violation = e;
        } catch (RuntimeException | Error e) {
            violation = new Violation("no failure without a cause", e.toString(), e);
        }
        if (violation != null) {
            world.timeline.say("VIOLATION " + violation.getMessage());
        }
        return world.verdict(script.name() + " " + point, violation);
    }

    private void tell(World world, Point point) {
        world.harm(point.call(), point.fault(), point.tearSeed());
        Actor actor = new Actor(world);
        attempt(world, point, -1, () -> world.boot());
        int done = 0;
        for (Consumer<Actor> command : script.commands()) {
            attempt(world, point, done++, () -> command.accept(actor));
        }
        attempt(world, point, done++, () -> world.verify(List.of(Questions::ask)));
        attempt(world, point, done, () -> {
            world.kill();
            world.boot();
            world.verify(List.of(Questions::ask));
        });
    }

    /** Does something; if the harm happens meanwhile the node is brought back and must have all it should. */
    private void attempt(World world, Point point, int command, Runnable action) {
        long seed = Dice.hash(point.tearSeed(), Decision.POWER, point.call(), command);
        try {
            action.run();
            return;
        } catch (SimCrash crash) {
            world.endSuddenly(point.tearSeed() % 2 == 1, seed);
        } catch (StorageException e) {
            if (!world.wasHarmed()) {
                throw e;
            }
            world.timeline.say("the node stops: " + e.getMessage());
            world.coverage.note(
                    point.fault() == DiskFault.EIO ? Sometimes.ERROR_STOPPED_NODE : Sometimes.NO_SPACE_STOPPED_NODE);
            world.endSuddenly(point.tearSeed() % 2 == 1, seed);
        }
        world.boot();
        world.verify(List.of(Questions::ask));
        if (point.tearSeed() % 2 == 1) {
            // What recovery has made durable has to be durable.
            world.powerCut(seed + 1);
            world.boot();
            world.verify(List.of(Questions::ask));
        }
    }
}
