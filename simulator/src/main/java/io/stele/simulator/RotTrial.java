package io.stele.simulator;

import io.stele.storage.file.StorageException;
import io.stele.storage.file.sim.DiskFault;
import io.stele.storage.file.sim.SimDisk;
import java.util.List;
import java.util.SplittableRandom;
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
            String damage = damage(world.disk, dice.stream(Decision.ROT, 0, i));
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

    private static String damage(SimDisk disk, SplittableRandom random) {
        List<String> names = disk.names();
        String name = names.get(random.nextInt(names.size()));
        byte[] bytes = disk.bytes(name);
        if (bytes.length == 0) {
            return "nothing";
        }
        int sectors = (bytes.length + 511) / 512;
        switch (random.nextInt(8)) {
            case 0 -> {
                int sector = random.nextInt(sectors) * 512;
                java.util.Arrays.fill(bytes, sector, Math.min(bytes.length, sector + 512), (byte) 0);
                disk.replace(name, bytes);
                return "zeros at " + sector + " of " + name;
            }
            case 1 -> {
                if (sectors < 2) {
                    return "nothing";
                }
                int from = random.nextInt(sectors - 1) * 512;
                int to = random.nextInt(sectors - 1) * 512;
                disk.copySector(name, from, to);
                return "sector " + from + " of " + name + " also at " + to;
            }
            default -> {
                int position = usedPosition(bytes, random);
                int bit = random.nextInt(8);
                disk.flipBit(name, position, bit);
                return "bit " + bit + " of byte " + position + " of " + name;
            }
        }
    }

    /** Mostly a byte that is not zero: files are mostly empty, and rot there finds nothing out. */
    private static int usedPosition(byte[] bytes, SplittableRandom random) {
        int position = random.nextInt(bytes.length);
        for (int i = 0; i < 4096 && bytes[position] == 0; i++) {
            position = random.nextInt(bytes.length);
        }
        return position;
    }
}
