package io.stele.server;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * Where the network's buffers lie: in memory where there is room, else in the data directory. Their name follows from
 * the data directory, which this process holds by then, so the buffers of nodes on one machine never meet.
 *
 * <p>A killed process leaves its buffers behind, dozens of megabytes of memory. Beside them is a file that the process
 * has locked as long as it lived; whoever starts next, on whatever data directory, gets the lock and clears away.
 *
 * <pre>
 *   /dev/shm/stele-data-1a2b3c4d              the buffers
 *   /dev/shm/stele-data-1a2b3c4d.4711.lock    locked by process 4711: it lives
 * </pre>
 *
 * <p>The lock decides, for process ids mean nothing across containers. The id is in the name because a process must not
 * touch its own: closing a file gives up all locks that the process has on it.
 */
final class PeerBuffers implements AutoCloseable {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final long ROOM_MIN = 256L * 1024 * 1024;
    private static final int TRIES_MAX = 1_000;
    private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Pattern LOCK_NAME = Pattern.compile("(stele-.*-[0-9a-f]+)\\.([0-9]+)\\.lock");

    private final Path directory;

    /** Null if the buffers are in the data directory, where nobody else looks. */
    private final Path lockFile;

    private final FileChannel lockChannel;

    private PeerBuffers(Path directory, Path lockFile, FileChannel lockChannel) {
        this.directory = directory;
        this.lockFile = lockFile;
        this.lockChannel = lockChannel;
    }

    /** Finds the place for the buffers, and clears away those of processes that are gone. */
    static PeerBuffers open(Path dataDirectory) {
        return open(dataDirectory, SHARED_MEMORY, ProcessHandle.current().pid());
    }

    static PeerBuffers open(Path dataDirectory, Path sharedMemory, long pid) {
        if (hasRoom(sharedMemory)) {
            try {
                sweep(sharedMemory, "stele-", pid);
                String name = "stele-" + name(dataDirectory);
                Path lockFile = sharedMemory.resolve(name + "." + pid + ".lock");
                for (int i = 0; i < TRIES_MAX; i++) {
                    // 1. What our predecessor left must not be cleared away by others while we use it.
                    // 2. A lock counts only if its file is still there: others may have got it before us.
                    if (sweep(sharedMemory, name + ".", pid)) {
                        FileChannel channel = FileChannel.open(lockFile, CREATE, WRITE, NOFOLLOW_LINKS);
                        if (channel.tryLock() != null && Files.exists(lockFile)) {
                            return new PeerBuffers(sharedMemory.resolve(name), lockFile, channel);
                        }
                        channel.close();
                    }
                    LockSupport.parkNanos(RETRY_NS);
                }
            } catch (IOException | OverlappingFileLockException e) {
                // not there, then
            }
        }
        return new PeerBuffers(dataDirectory.resolve("network"), null, null);
    }

    Path directory() {
        return directory;
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

    /** Clears away what dead processes have left under such a name; whether nothing of others is left. */
    private static boolean sweep(Path sharedMemory, String prefix, long pid) throws IOException {
        boolean isClean = true;
        try (DirectoryStream<Path> locks = Files.newDirectoryStream(sharedMemory, prefix + "*.lock")) {
            for (Path lock : locks) {
                Matcher name = LOCK_NAME.matcher(lock.getFileName().toString());
                if (name.matches() && !name.group(2).equals(Long.toString(pid))) {
                    isClean &= sweep(lock, sharedMemory.resolve(name.group(1)));
                }
            }
        }
        return isClean;
    }

    /** Deletes the buffers if nobody holds the lock, and then the lock. What is another user's stays. */
    private static boolean sweep(Path lock, Path buffers) {
        try (FileChannel channel = FileChannel.open(lock, WRITE, NOFOLLOW_LINKS);
                FileLock held = channel.tryLock()) {
            if (held == null) {
                return false;
            }
            deleteTree(buffers);
            Files.delete(lock);
            return true;
        } catch (IOException | OverlappingFileLockException e) {
            return !Files.exists(lock); // another user's, or somebody else has just cleared it away
        }
    }

    private static void deleteTree(Path tree) throws IOException {
        if (!Files.isDirectory(tree, NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> paths = Files.walk(tree)) {
            deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.delete(path);
        }
    }

    /** The buffers have been deleted by those who used them. */
    @Override
    public void close() {
        if (lockFile == null) {
            return;
        }
        try (lockChannel) {
            Files.deleteIfExists(lockFile);
        } catch (IOException e) {
            // the next one that starts clears it away
        }
    }
}
