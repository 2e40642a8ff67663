package io.stele.simulator;

import io.stele.storage.file.sim.SimDisk;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** What time does to a disk that nobody uses: a bit turns over, a sector is lost, or stands where another should. */
public final class Rot {
    private Rot() {}

    /** Harms one file, whichever; says how. */
    public static String harm(SimDisk disk, SplittableRandom random) {
        return harm(disk, disk.names(), random);
    }

    /** Harms one of these files; says how. */
    public static String harm(SimDisk disk, List<String> names, SplittableRandom random) {
        String name = names.get(random.nextInt(names.size()));
        byte[] bytes = disk.bytes(name);
        if (bytes.length == 0) {
            return "nothing";
        }
        int sectors = (bytes.length + 511) / 512;
        switch (random.nextInt(8)) {
            case 0 -> {
                int sector = random.nextInt(sectors) * 512;
                Arrays.fill(bytes, sector, Math.min(bytes.length, sector + 512), (byte) 0);
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
