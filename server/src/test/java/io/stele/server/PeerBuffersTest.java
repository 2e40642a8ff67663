package io.stele.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where the network's buffers lie, and what becomes of those that killed processes leave. */
@Timeout(60)
class PeerBuffersTest {
    private static final long DEAD = 4_711_000_000L;

    @TempDir
    private Path memory;

    private static PeerBuffers open(String data, Path memory) {
        return PeerBuffers.open(
                Path.of("/var/lib", data), memory, ProcessHandle.current().pid());
    }

    private Path leftBehind(String name, long pid) throws IOException {
        Path buffers = Files.createDirectories(memory.resolve(name).resolve("publications"));
        Files.writeString(buffers.resolve("1.logbuffer"), "dozens of megabytes");
        Files.createFile(memory.resolve(name + "." + pid + ".lock"));
        return memory.resolve(name);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> paths = Files.list(memory)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void shouldGiveEachDataDirectoryItsOwnPlace() throws IOException {
        try (PeerBuffers a = open("a/data", memory);
                PeerBuffers b = open("b/data", memory)) {
            assertNotEquals(a.directory(), b.directory());
            assertEquals(memory, a.directory().getParent());
            assertEquals(2, names().size());
        }
        assertEquals(List.of(), names());
    }

    @Test
    void shouldClearAwayWhatDeadProcessesHaveLeft() throws IOException {
        Path left = leftBehind("stele-old-1a2b", DEAD);
        try (PeerBuffers buffers = open("new", memory)) {
            assertFalse(Files.exists(left));
            assertEquals(1, names().size());
            assertFalse(Files.exists(buffers.directory()));
        }
    }

    @Test
    void shouldTakeThePlaceOfItsPredecessor() throws IOException {
        Path place;
        try (PeerBuffers before = open("data", memory)) {
            place = before.directory();
        }
        leftBehind(place.getFileName().toString(), DEAD);
        leftBehind(place.getFileName().toString(), DEAD + 1);
        try (PeerBuffers buffers = open("data", memory)) {
            assertEquals(place, buffers.directory());
            assertFalse(Files.exists(place), "cleared away before it is used");
            assertEquals(1, names().size());
        }
    }

    @Test
    void shouldLeaveTheLivingAlone() throws IOException, InterruptedException {
        String name = "stele-other-1a2b";
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        memory.resolve(name + "." + DEAD + ".lock").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertEquals('!', other.getInputStream().read());
            Files.createDirectory(memory.resolve(name));
            open("data", memory).close();
            assertTrue(Files.exists(memory.resolve(name)));
        } finally {
            other.destroyForcibly().waitFor();
        }
        open("data", memory).close();
        assertEquals(List.of(), names(), "it was killed");
    }

    @Test
    void shouldLeaveAloneWhatIsItsOwnOrNoProcessIsNamedFor() throws IOException {
        leftBehind("stele-mine-1a2b", ProcessHandle.current().pid());
        Files.createDirectory(memory.resolve("stele-nobodys-1a2b"));
        Files.createFile(memory.resolve("stele-what.lock"));
        open("data", memory).close();
        assertEquals(4, names().size());
    }

    @Test
    void shouldStayInTheDataDirectoryWhereThereIsNoSharedMemory() {
        try (PeerBuffers buffers = open("data", memory.resolve("nowhere"))) {
            assertEquals(Path.of("/var/lib/data/network"), buffers.directory());
        }
    }

    /** Another process that holds the lock and waits to be killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws IOException, InterruptedException {
            try (FileChannel channel =
                    FileChannel.open(Path.of(args[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                if (channel.lock().isValid()) {
                    System.out.write('!');
                    System.out.flush();
                    new CountDownLatch(1).await();
                }
            }
        }
    }
}
