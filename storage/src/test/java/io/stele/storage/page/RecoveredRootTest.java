package io.stele.storage.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.sim.DiskFault;
import io.stele.storage.file.sim.FaultPlan;
import io.stele.storage.file.sim.SimCrash;
import io.stele.storage.file.sim.SimDisk;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** A root that is found at the start may not have been forced by the process that wrote it: only its process died. */
class RecoveredRootTest {
    private static final int CALLS_MAX = 40;
    private static final int SEEDS = 8;
    private static final PageStoreContext CONTEXT = context();

    @Test
    void shouldNotGoBackBehindTheRootThatItOpenedWhenThePowerFailsLater() {
        int interrupted = 0;
        for (DiskFault fault : new DiskFault[] {DiskFault.CRASH_BEFORE, DiskFault.CRASH_AFTER, DiskFault.EIO}) {
            for (int call = 1; call <= CALLS_MAX; call++) {
                for (int seed = 0; seed < SEEDS; seed++) {
                    interrupted += run(fault, call, seed) ? 1 : 0;
                }
            }
        }
        assertTrue(interrupted >= SEEDS * 9, "interrupted checkpoints: " + interrupted);
    }

    /** Returns whether the process died in its second checkpoint. */
    private static boolean run(DiskFault fault, int call, int seed) {
        SimDisk disk = new SimDisk();
        PageStore first = PageStore.open(disk.mount(), CONTEXT);
        write(first, 1);
        first.checkpoint();
        write(first, 2);
        disk.resetCallCount();
        disk.plan(FaultPlan.at(call, fault));
        boolean interrupted = false;
        try {
            first.checkpoint();
        } catch (SimCrash | StorageException e) {
            interrupted = true;
        }
        disk.kill();

        PageStore second = PageStore.open(disk.mount(), CONTEXT);
        long opened = second.stamp().getLong(0);
        write(second, 3); // into what the root before does not need any more
        disk.crash(seed);

        FileStore files = disk.mount();
        assertTrue(PageCheck.check(files, CONTEXT.fileName()).isClean());
        try (PageStore third = PageStore.open(files, CONTEXT)) {
            assertEquals(opened, third.stamp().getLong(0), fault + " at call " + call + ", seed " + seed);
        }
        return interrupted;
    }

    private static void write(PageStore store, long generation) {
        UnsafeBuffer key = new UnsafeBuffer(new byte[Long.BYTES]);
        UnsafeBuffer value = new UnsafeBuffer(new byte[200]);
        value.setMemory(0, value.capacity(), (byte) generation);
        for (int i = 0; i < 60; i++) {
            key.putLong(0, i);
            store.tree(0).put(key, 0, Long.BYTES, value, 0, value.capacity(), false);
        }
        store.stamp().putLong(0, generation);
    }

    private static PageStoreContext context() {
        PageStoreContext context = new PageStoreContext().blockBytes(512).regionBytes(128 * 1024);
        for (int tree = 0; tree < PageStoreContext.TREE_COUNT; tree++) {
            context.pageBytes(tree, 1024);
        }
        return context;
    }
}
