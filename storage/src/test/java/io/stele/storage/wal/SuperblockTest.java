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
import io.stele.storage.file.sim.DiskFault;
import io.stele.storage.file.sim.FaultPlan;
import io.stele.storage.file.sim.SimCrash;
import io.stele.storage.file.sim.SimDisk;
import java.nio.file.Path;
import java.util.List;
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

    /**
     * Stops the machine at every call of a few saves; whatever comes back was saved, and nothing acknowledged is
     * lost.
     */
    @Test
    void shouldSurviveACrashAtEveryCall() {
        boolean crashed = true;
        for (long call = 1; crashed; call++) {
            crashed = false;
            for (DiskFault fault : List.of(DiskFault.CRASH_BEFORE, DiskFault.CRASH_INSIDE, DiskFault.CRASH_AFTER)) {
                for (int seed = 0; seed < 200; seed++) {
                    crashed |= crashAt(new SimDisk(), call, fault, seed);
                }
            }
        }
    }

    private static boolean crashAt(SimDisk disk, long call, DiskFault fault, int seed) {
        disk.crash(seed);
        disk.plan(FaultPlan.at(call, fault));
        long saved = -1;
        long begun = -1;
        try {
            Superblock superblock = Superblock.create(disk.mount(), 1, 2);
            saved = 0;
            for (begun = 1; begun <= 3; begun++) {
                superblock.save(begun, begun * 10);
                saved = begun;
            }
        } catch (SimCrash e) {
            begun = Math.max(begun, 0);
        }
        disk.crash(seed);
        FileStore store = disk.mount();
        if (!Superblock.exists(store)) {
            assertEquals(-1, saved);
            return true;
        }
        try (Superblock superblock = Superblock.open(store)) {
            long term = superblock.term();
            assertTrue(term >= saved && term <= begun, fault + " at " + call + ": term " + term);
            assertEquals(term * 10, superblock.vote());
            assertEquals(2, superblock.memberId());
        }
        assertEquals(Superblock.copyCount(), Superblock.validCopies(store));
        return saved < 3;
    }

    @Test
    void shouldSaveNothingMoreAfterAFailure() {
        SimDisk disk = new SimDisk();
        Superblock superblock = Superblock.create(disk.mount(), 1, 2);
        disk.plan(FaultPlan.at(disk.callCount() + 3, DiskFault.EIO));
        assertThrows(StorageException.class, () -> superblock.save(1, 1));
        disk.plan(FaultPlan.NONE);
        assertThrows(StorageException.class, () -> superblock.save(2, 1));
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
