package io.stele.storage.file.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.storage.file.Ballast;
import io.stele.storage.file.FileStore;
import org.junit.jupiter.api.Test;

class BallastTest {
    private final SimDisk disk = new SimDisk().quota(10_000);
    private final FileStore store = disk.mount();
    private final Ballast ballast = new Ballast(store, 1000);

    @Test
    void shouldGiveItsSpaceToOthers() {
        assertTrue(ballast.takeUp());
        assertTrue(ballast.takeUp());
        assertEquals(1000, disk.usedBytes());
        store.create("data", 9000).close();
        assertEquals(0, store.freeBytes());
        assertTrue(ballast.drop());
        assertEquals(1000, store.freeBytes());
        assertFalse(ballast.drop());
    }

    @Test
    void shouldWaitUntilThereIsSpaceForOthersToo() {
        store.create("data", 8500).close();
        assertFalse(ballast.takeUp());
        assertFalse(ballast.isHeld());
        store.delete("data");
        assertTrue(ballast.takeUp());
    }

    @Test
    void shouldNotTakeAFullDiskForAFailure() {
        disk.plan(FaultPlan.at(disk.callCount() + 3, DiskFault.NO_SPACE));
        assertFalse(ballast.takeUp());
        assertFalse(ballast.isHeld());
    }
}
