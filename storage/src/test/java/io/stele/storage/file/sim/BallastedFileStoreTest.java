package io.stele.storage.file.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.storage.file.BallastedFileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.StorageException.Kind;
import io.stele.storage.file.StoredFile;
import org.junit.jupiter.api.Test;

class BallastedFileStoreTest {
    private final SimDisk disk = new SimDisk().quota(10_000);
    private final BallastedFileStore store = new BallastedFileStore(disk.mount(), 1000);

    @Test
    void shouldDropTheBallastForAFileThatDoesNotFit() {
        store.takeUp();
        store.create("a", 8_500).close();
        assertFalse(store.isDropped());
        store.create("b", 800).close();
        assertTrue(store.isDropped());
        assertEquals(700, store.freeBytes());
    }

    @Test
    void shouldDropTheBallastForAFileThatGrows() {
        store.takeUp();
        StoredFile file = store.create("a", 8_500);
        file.extend(9_400);
        assertTrue(store.isDropped());
        assertEquals(9_400, file.length());
        file.close();
    }

    @Test
    void shouldFailWhenEvenTheBallastIsNotEnough() {
        store.takeUp();
        StorageException e = assertThrows(StorageException.class, () -> store.create("a", 10_001));
        assertEquals(Kind.NO_SPACE, e.kind());
        assertTrue(store.isDropped());
        assertThrows(StorageException.class, () -> store.create("a", 10_001));
        store.create("a", 10_000).close();
    }

    @Test
    void shouldTakeTheBallastUpOnlyWhenThereIsSpaceForOthersToo() {
        store.takeUp();
        store.create("a", 8_500).close();
        store.create("b", 800).close();
        store.takeUp();
        assertTrue(store.isDropped());
        store.delete("b");
        store.takeUp();
        assertTrue(store.isDropped(), "1,500 bytes are free");
        store.delete("a");
        store.takeUp();
        assertFalse(store.isDropped());
        assertEquals(9_000, store.freeBytes());
    }

    @Test
    void shouldPassOtherFailuresOn() {
        store.takeUp();
        disk.plan(FaultPlan.at(disk.callCount() + 1, DiskFault.EIO));
        assertEquals(
                Kind.IO,
                assertThrows(StorageException.class, () -> store.create("a", 1)).kind());
        assertFalse(store.isDropped());
    }
}
