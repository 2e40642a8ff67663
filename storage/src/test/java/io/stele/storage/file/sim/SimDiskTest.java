package io.stele.storage.file.sim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.storage.file.FileStore;
import io.stele.storage.file.MappedRegion;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.StorageException.Kind;
import io.stele.storage.file.StoredFile;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class SimDiskTest {
    private static final int LENGTH = 4 * SimDisk.SECTOR_LENGTH;

    private final SimDisk disk = new SimDisk();

    /** A file of ones that are durable, overwritten with twos that are not. */
    private StoredFile dirtyFile() {
        StoredFile file = disk.mount().create("a", LENGTH);
        MappedRegion region = file.map(0, LENGTH);
        region.buffer().setMemory(0, LENGTH, (byte) 1);
        file.sync();
        region.buffer().setMemory(0, LENGTH, (byte) 2);
        return file;
    }

    @Test
    void shouldLeaveEverySectorOldNewOrTornAfterACrash() {
        Set<String> fates = new HashSet<>();
        for (int seed = 0; seed < 200; seed++) {
            disk.lose("a");
            dirtyFile();
            disk.crash(seed);
            byte[] bytes = disk.bytes("a");
            char first = sectorFate(Arrays.copyOf(bytes, SimDisk.SECTOR_LENGTH));
            char last = sectorFate(Arrays.copyOfRange(bytes, LENGTH - SimDisk.SECTOR_LENGTH, LENGTH));
            fates.add(first + "" + last);
        }
        assertEquals(Set.of("oo", "on", "ot", "no", "nn", "nt", "to", "tn", "tt"), fates);
    }

    private static char sectorFate(byte[] sector) {
        int newCount = 0;
        for (int word = 0; word < sector.length; word += 8) {
            for (int i = 1; i < 8; i++) {
                assertEquals(sector[word], sector[word + i], "a word was torn");
            }
            newCount += sector[word] == 2 ? 1 : 0;
            assertTrue(sector[word] == 1 || sector[word] == 2);
        }
        return newCount == 0 ? 'o' : newCount == sector.length / 8 ? 'n' : 't';
    }

    @Test
    void shouldKeepWhatWasSynced() {
        StoredFile file = dirtyFile();
        file.sync();
        for (int seed = 0; seed < 50; seed++) {
            disk.crash(seed);
            byte[] expected = new byte[LENGTH];
            Arrays.fill(expected, (byte) 2);
            assertArrayEquals(expected, disk.bytes("a"));
        }
    }

    @Test
    void shouldRepeatACrashExactly() {
        dirtyFile();
        disk.crash(42);
        byte[] first = disk.bytes("a");
        disk.lose("a");
        dirtyFile();
        disk.crash(42);
        assertArrayEquals(first, disk.bytes("a"));
        disk.lose("a");
        dirtyFile();
        disk.crash(43);
        assertFalse(Arrays.equals(first, disk.bytes("a")));
    }

    @Test
    void shouldKeepUnsyncedStoresWhenOnlyTheProcessDies() {
        dirtyFile();
        disk.kill();
        assertEquals(2, disk.bytes("a")[LENGTH - 1]);
    }

    @Test
    void shouldBeDeadAfterACrashUntilMountedAgain() {
        FileStore store = disk.mount();
        StoredFile file = store.create("a", LENGTH);
        disk.plan(FaultPlan.at(disk.callCount() + 1, DiskFault.CRASH_BEFORE));
        assertThrows(SimCrash.class, file::sync);
        assertThrows(SimCrash.class, file::sync);
        assertThrows(SimCrash.class, () -> store.exists("a"));
        assertThrows(IllegalStateException.class, disk::mount);
        file.close();
        store.close();
        disk.crash(1);
        assertTrue(disk.mount().exists("a"));
    }

    @Test
    void shouldCrashBeforeOrAfterOrEither() {
        assertEquals(Set.of(false), existsAfterCreate(DiskFault.CRASH_BEFORE));
        assertEquals(Set.of(true), existsAfterCreate(DiskFault.CRASH_AFTER));
        assertEquals(Set.of(true, false), existsAfterCreate(DiskFault.CRASH_INSIDE));
    }

    private static Set<Boolean> existsAfterCreate(DiskFault fault) {
        Set<Boolean> outcomes = new HashSet<>();
        for (int seed = 0; seed < 30; seed++) {
            SimDisk disk = new SimDisk();
            disk.crash(seed);
            FileStore store = disk.mount();
            disk.plan(FaultPlan.at(1, fault));
            assertThrows(SimCrash.class, () -> store.create("a", 10));
            disk.crash(0);
            outcomes.add(disk.mount().exists("a"));
        }
        return outcomes;
    }

    @Test
    void shouldForgetWhatAFailedSyncDidNotWrite() {
        boolean lost = false;
        for (int seed = 0; seed < 20; seed++) {
            disk.lose("a");
            disk.crash(seed);
            StoredFile file = dirtyFile();
            disk.plan(FaultPlan.at(disk.callCount() + 1, DiskFault.EIO));
            assertEquals(
                    Kind.IO, assertThrows(StorageException.class, file::sync).kind());
            disk.plan(FaultPlan.NONE);
            file.sync();
            assertEquals(2, FileContents.of(file)[0], "readers see the cache");
            disk.crash(0);
            lost |= disk.bytes("a")[0] == 1;
        }
        assertTrue(lost, "the second sync must not have repaired the first");
    }

    @Test
    void shouldWriteBackWhatIsAsItWasBeforeAnInterruptedSync() {
        for (int seed = 0; seed < 50; seed++) {
            disk.lose("a");
            disk.seed(seed);
            StoredFile file = dirtyFile();
            disk.plan((call, operation, name) ->
                    operation == DiskOperation.SYNC ? DiskFault.CRASH_INSIDE : DiskFault.NONE);
            assertThrows(SimCrash.class, file::sync);
            disk.kill();
            StoredFile reopened = disk.mount().open("a");
            reopened.map(0, LENGTH).buffer().setMemory(0, LENGTH, (byte) 1);
            reopened.sync();
            disk.crash(seed);
            byte[] expected = new byte[LENGTH];
            Arrays.fill(expected, (byte) 1);
            assertArrayEquals(expected, disk.bytes("a"));
        }
    }

    @Test
    void shouldLieWhenTold() {
        StoredFile file = dirtyFile();
        disk.plan(FaultPlan.at(disk.callCount() + 1, DiskFault.LOST_SYNC));
        file.sync();
        disk.crash(3);
        assertEquals(1, disk.bytes("a")[0]);
        assertEquals(1, disk.bytes("a")[LENGTH - 1]);
    }

    @Test
    void shouldRefuseBeyondTheQuota() {
        disk.quota(1000);
        FileStore store = disk.mount();
        StoredFile file = store.create("a", 600);
        assertEquals(400, store.freeBytes());
        assertEquals(
                Kind.NO_SPACE,
                assertThrows(StorageException.class, () -> store.create("b", 401))
                        .kind());
        assertEquals(
                Kind.NO_SPACE,
                assertThrows(StorageException.class, () -> file.extend(1001)).kind());
        UnsafeBuffer bytes = new UnsafeBuffer(new byte[10]);
        assertThrows(StorageException.class, () -> file.write(995, bytes, 0, 10));
        assertEquals(600, file.length());
        store.delete("a");
        store.create("b", 1000).close();
    }

    @Test
    void shouldShowRotToEveryReader() {
        StoredFile file = dirtyFile();
        file.sync();
        disk.flipBit("a", 700, 5);
        assertEquals(0x22, FileContents.of(file)[700]);
        disk.crash(1);
        assertEquals(0x22, disk.bytes("a")[700]);
    }

    @Test
    void shouldTearLengthsOnlyBetweenOldAndNew() {
        Set<Integer> lengths = new HashSet<>();
        for (int seed = 0; seed < 40; seed++) {
            SimDisk other = new SimDisk();
            other.crash(seed);
            StoredFile file = other.mount().create("a", 100);
            other.plan(FaultPlan.at(2, DiskFault.CRASH_INSIDE));
            assertThrows(SimCrash.class, () -> file.extend(200));
            other.crash(seed);
            int length = other.bytes("a").length;
            assertTrue(length >= 100 && length <= 200);
            assertArrayEquals(new byte[length], other.bytes("a"));
            lengths.add(length);
        }
        assertTrue(lengths.size() > 10);
    }

    @Test
    void shouldCopyIndependently() {
        dirtyFile().sync();
        SimDisk copy = disk.copy();
        disk.flipBit("a", 0, 0);
        assertNotEquals(disk.bytes("a")[0], copy.bytes("a")[0]);
    }

    /** Reads a whole file. */
    private static final class FileContents {
        static byte[] of(StoredFile file) {
            byte[] bytes = new byte[(int) file.length()];
            file.read(0, new UnsafeBuffer(bytes), 0, bytes.length);
            return bytes;
        }
    }
}
