package io.stele.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;

/**
 * Where the network's buffers lie: in memory where there is room, else in the data directory. Their name follows from
 * the data directory, which this process holds by then, so the buffers of nodes on one machine never meet, and what a
 * killed process has left is found by its successor.
 */
final class PeerBuffers {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final long ROOM_MIN = 256L * 1024 * 1024;

    private PeerBuffers() {}

    static Path directory(Path dataDirectory) {
        return directory(dataDirectory, SHARED_MEMORY);
    }

    static Path directory(Path dataDirectory, Path sharedMemory) {
        return hasRoom(sharedMemory)
                ? sharedMemory.resolve("stele-" + name(dataDirectory))
                : dataDirectory.resolve("network");
    }

    private static boolean hasRoom(Path sharedMemory) {
        try {
            return Files.isWritable(sharedMemory)
                    && Files.getFileStore(sharedMemory).getUsableSpace() >= ROOM_MIN;
        } catch (IOException e) {
            return false;
        }
    }

    /** The end of the path for people, and a number for what makes it unique. */
    private static String name(Path dataDirectory) {
        Path absolute = dataDirectory.toAbsolutePath().normalize();
        CRC32 crc = new CRC32();
        crc.update(absolute.toString().getBytes(StandardCharsets.UTF_8));
        Path last = absolute.getFileName();
        String readable = last == null ? "" : last.toString().replaceAll("[^A-Za-z0-9.-]", "_");
        return readable + "-" + Long.toHexString(crc.getValue());
    }
}
