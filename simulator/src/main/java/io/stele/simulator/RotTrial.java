package io.stele.simulator;

import io.stele.storage.file.StorageException;
import io.stele.storage.file.sim.DiskFault;
import io.stele.storage.file.sim.SimDisk;
import java.util.List;
import java.util.function.Consumer;

/**
 * Damage to files at rest: on copies of a disk whose content is known exactly. The node may refuse to start or stop,
 * with a {@link StorageException} that says why; if it serves, then everything.
 */
final class RotTrial {
    private RotTrial() {}

    /** Every trial begins with the disk as it is now; the world is down before and after. */
    static void run(World world, Dice dice, int count, List<Consumer<World>> questions) {
        for (int i = 0; i < count; i++) {
            SimDisk sound = world.disk;
            long applied = world.prefix.lastIndex();
            world.disk = sound.copy();
            String damage = Rot.harm(world.disk, dice.stream(Decision.ROT, 0, i));
            world.timeline.say("rot: " + damage);
            try {
                trial(world, questions);
            } catch (Violation violation) {
                throw new Violation(violation.check(), "after rot (" + damage + "): " + violation.getMessage());
            } finally {
                world.disk = sound;
                world.prefix.forgetAfter(applied);
            }
        }
    }

    private static void trial(World world, List<Consumer<World>> questions) {
        try {
            world.bootUnchecked(Injection.Target.ANY, 0, DiskFault.NONE);
        } catch (StorageException e) {
            world.coverage.note(Sometimes.ROT_REFUSED_AT_START);
            world.timeline.say("refused: " + e.getMessage());
            world.kill();
            return;
        }
        try {
            world.verify(questions);
            world.coverage.note(Sometimes.ROT_WITHOUT_EFFECT);
        } catch (StorageException e) {
            world.coverage.note(Sometimes.ROT_STOPPED_NODE);
            world.timeline.say("stopped: " + e.getMessage());
        }
        world.kill();
    }
}
