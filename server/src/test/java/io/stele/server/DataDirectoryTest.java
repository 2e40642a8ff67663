package io.stele.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.storage.file.DiskFileStore;
import io.stele.storage.file.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataDirectoryTest {
    @TempDir
    private Path parent;

    @Test
    void shouldMakeWhatIsNotThere() {
        Path directory = parent.resolve("a/b");
        DataDirectory.open(directory).close();
        assertTrue(Files.isDirectory(directory));
    }

    @Test
    void shouldOpenWhatFileSystemsAndInterruptedStartsLeave() throws IOException {
        Files.createDirectory(parent.resolve("lost+found"));
        Files.createFile(parent.resolve(".snapshot"));
        try (DiskFileStore files = DataDirectory.open(parent)) {
            files.create("wal-1.log", 0).close();
        }
        DataDirectory.open(parent).close();
    }

    @Test
    void shouldRefuseTheDirectoryOfSomethingElseAndLeaveNothingThere() throws IOException {
        Files.createDirectory(parent.resolve("member"));
        StorageException refused = assertThrows(StorageException.class, () -> DataDirectory.open(parent));
        assertEquals(StorageException.Kind.FOREIGN, refused.kind());
        assertTrue(refused.getMessage().contains("'member'"), refused.getMessage());
        assertFalse(Files.exists(parent.resolve("lock")));
    }

    @Test
    void shouldOpenOursWhateverElseWasPutThere() throws IOException {
        Files.createFile(parent.resolve("superblock"));
        Files.createFile(parent.resolve("note.txt"));
        DataDirectory.open(parent).close();
    }
}
