package io.stele.storage.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.storage.file.DiskFileStore;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.StorageException.Kind;
import io.stele.storage.file.StoredFile;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuperblockTest {
    @TempDir
    Path directory;

    private FileStore store;

    @BeforeEach
    void open() {
        store = DiskFileStore.open(directory);
        assertFalse(Superblock.exists(store));
        try (Superblock superblock = Superblock.create(store, 11, 22)) {
            superblock.save(5, 33);
            superblock.save(6, 44);
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void shouldRemember() {
        assertTrue(Superblock.exists(store));
        try (Superblock superblock = Superblock.open(store)) {
            assertEquals(11, superblock.clusterId());
            assertEquals(22, superblock.memberId());
            assertEquals(6, superblock.term());
            assertEquals(44, superblock.vote());
        }
    }

    @Test
    void shouldNeverGoBack() {
        try (Superblock superblock = Superblock.open(store)) {
            assertThrows(IllegalArgumentException.class, () -> superblock.save(5, 1));
            assertEquals(6, superblock.term());
        }
    }

    @Test
    void shouldRefuseASecondIdentity() {
        StorageException failure = assertThrows(StorageException.class, () -> Superblock.create(store, 1, 2));
        assertEquals(Kind.FOREIGN, failure.kind());
    }

    @Test
    void shouldSurviveTheLossOfAnyThreeCopies() {
        for (int survivor = 0; survivor < 4; survivor++) {
            for (int copy = 0; copy < 4; copy++) {
                if (copy != survivor) {
                    damage(copy);
                }
            }
            assertEquals(1, Superblock.validCopies(store));
            shouldRemember();
            assertEquals(4, Superblock.validCopies(store));
        }
    }

    @Test
    void shouldRefuseWhenNoCopyIsValid() {
        for (int copy = 0; copy < 4; copy++) {
            damage(copy);
        }
        StorageException failure = assertThrows(StorageException.class, () -> Superblock.open(store));
        assertEquals(Kind.CORRUPT, failure.kind());
    }

    @Test
    void shouldHealATruncatedFile() {
        try (StoredFile file = store.open(Superblock.NAME)) {
            file.truncate(5000);
        }
        shouldRemember();
        assertEquals(4, Superblock.validCopies(store));
    }

    @Test
    void shouldNotTakeOneCopyForAnother() {
        UnsafeBuffer block = new UnsafeBuffer(new byte[4096]);
        try (StoredFile file = store.open(Superblock.NAME)) {
            file.read(0, block, 0, 4096);
            file.write(4096, block, 0, 4096);
        }
        assertEquals(3, Superblock.validCopies(store));
    }

    private void damage(int copy) {
        UnsafeBuffer bit = new UnsafeBuffer(new byte[1]);
        try (StoredFile file = store.open(Superblock.NAME)) {
            file.read(copy * 4096L + 40, bit, 0, 1);
            bit.putByte(0, (byte) (bit.getByte(0) ^ 4));
            file.write(copy * 4096L + 40, bit, 0, 1);
        }
    }
}
