package io.stele.storage.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskFileStoreTest extends FileStoreContract {
    @TempDir
    Path parent;

    @Override
    protected FileStore openStore() {
        return DiskFileStore.open(directory());
    }

    private Path directory() {
        return parent.resolve("some/data");
    }

    @Test
    void shouldKeepOthersOut() throws IOException {
        try (StoredFile file = DiskFileStore.open(parent.resolve("private")).create("a", 1)) {
            assertEquals("a", file.name());
        }
        assertEquals("rwx------", mode(parent.resolve("private")));
        assertEquals("rw-------", mode(parent.resolve("private/a")));
        assertEquals("rw-------", mode(parent.resolve("private/lock")));
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void shouldRefuseASecondStoreInThisProcess() {
        StorageException failure = assertThrows(StorageException.class, this::openStore);
        assertEquals(StorageException.Kind.FOREIGN, failure.kind());
    }

    @Test
    void shouldRefuseASecondProcess() throws Exception {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                SecondProcess.class.getName(),
                directory().toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        String line = "data directory " + directory() + " is in use by another process (pid "
                + ProcessHandle.current().pid() + ")";
        assertTrue(output.contains("FOREIGN " + line), output);
        assertEquals(70, process.exitValue(), output);
    }

    /** Tries to open the directory that the test holds. */
    static final class SecondProcess {
        public static void main(String[] args) throws IOException {
            try {
                DiskFileStore.open(Path.of(args[0])).close();
            } catch (StorageException e) {
                Files.writeString(Path.of("/dev/stdout"), e.kind() + " " + e.getMessage() + "\n");
                System.exit(70);
            }
        }
    }

    @Test
    void shouldRefuseAFileInPlaceOfTheDirectory() throws IOException {
        Path file = Files.createFile(parent.resolve("file"));
        StorageException failure = assertThrows(StorageException.class, () -> DiskFileStore.open(file));
        assertEquals(StorageException.Kind.FOREIGN, failure.kind());
    }

    @Test
    void shouldNotMakeTheDirectoryWhenOnlyOpening() {
        Path missing = parent.resolve("missing");
        StorageException failure = assertThrows(StorageException.class, () -> DiskFileStore.openExisting(missing));
        assertEquals(StorageException.Kind.FOREIGN, failure.kind());
        assertFalse(Files.exists(missing));
    }

    @Test
    void shouldRemoveWhatAnInterruptedCreateHasLeft() throws IOException {
        Path other = Files.createDirectory(parent.resolve("other"));
        Path leftover = Files.createFile(other.resolve("a.tmp"));
        try (DiskFileStore store = DiskFileStore.open(other)) {
            assertFalse(Files.exists(leftover));
            assertEquals(List.of(), store.list());
        }
    }

    @Test
    void shouldAllocateRealBlocks() throws Exception {
        try (DiskFileStore store = DiskFileStore.open(parent.resolve("blocks"));
                StoredFile file = store.create("a", 1 << 20)) {
            file.extend(2 << 20);
            // 512-byte blocks really taken: a sparse file would have none.
            Process stat = new ProcessBuilder(
                            "stat", "-c", "%b", parent.resolve("blocks/a").toString())
                    .start();
            String blocks = new String(stat.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertTrue(Long.parseLong(blocks.trim()) * 512 >= 2 << 20, blocks);
        }
    }

    @Test
    void shouldSayWhenTheDiskIsFull() {
        StorageException full = DiskFileStore.failure("cannot extend a", new IOException("No space left on device"));
        assertEquals(StorageException.Kind.NO_SPACE, full.kind());
        assertEquals("cannot extend a: No space left on device", full.getMessage());
        StorageException broken = DiskFileStore.failure("cannot force a", new IOException("Input/output error"));
        assertEquals(StorageException.Kind.IO, broken.kind());
    }
}
