package io.stele.perf.crash;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Bits that flip by themselves in the log or the pages of a member that does not run. */
final class Rot {
    private static final int PLACES = 16;

    private Rot() {}

    /** Flips a bit in some places of one file; returns what was done, in words. */
    static String strike(Path dataDirectory, SplittableRandom random) throws IOException {
        List<Path> files;
        try (Stream<Path> paths = Files.list(dataDirectory)) {
            files = paths.filter(Rot::isData).sorted().toList();
        }
        Path file = files.get(random.nextInt(files.size()));
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            for (int i = 0; i < PLACES; i++) {
                bytes.seek(random.nextLong(bytes.length()));
                int value = bytes.read();
                bytes.seek(bytes.getFilePointer() - 1);
                bytes.write(value ^ 1 << random.nextInt(Byte.SIZE));
            }
        }
        return PLACES + " bits flipped in " + file.getFileName();
    }

    private static boolean isData(Path path) {
        String name = path.getFileName().toString();
        return name.equals("pages") || (name.startsWith("wal-") && name.endsWith(".log"));
    }
}
