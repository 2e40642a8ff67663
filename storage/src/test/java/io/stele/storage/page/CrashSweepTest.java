package io.stele.storage.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.sim.DiskFault;
import io.stele.storage.file.sim.FaultPlan;
import io.stele.storage.file.sim.SimCrash;
import io.stele.storage.file.sim.SimDisk;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Power cuts at every call of the disk port, before, inside and after it: what is found afterwards is exactly the state
 * of the last completed checkpoint, or of the one under way, and the store works on.
 */
final class CrashSweepTest {
    private static final int SCRIPTS = 6;
    private static final int OPERATIONS = 250;

    @Test
    void shouldRecoverACheckpointExactlyWhereverTheMachineStops() {
        long runs = 0;
        for (int script = 0; script < SCRIPTS; script++) {
            SimDisk quiet = new SimDisk();
            new Run(script, quiet).play();
            long calls = quiet.callCount();
            assertTrue(calls > 30, "the script hardly touches the disk");
            for (long call = 1; call <= calls; call++) {
                for (DiskFault fault : List.of(DiskFault.CRASH_BEFORE, DiskFault.CRASH_INSIDE, DiskFault.CRASH_AFTER)) {
                    sweep(script, call, fault);
                    runs++;
                }
            }
        }
        assertTrue(runs > 500, "only " + runs + " crashes");
    }

    @Test
    void shouldStopOnAnInputOutputErrorAndRecoverAfterIt() {
        for (int script = 0; script < SCRIPTS / 2; script++) {
            SimDisk quiet = new SimDisk();
            new Run(script, quiet).play();
            for (long call = 1; call <= quiet.callCount(); call++) {
                SimDisk disk = new SimDisk().plan(FaultPlan.at(call, DiskFault.EIO));
                Run run = new Run(script, disk);
                try {
                    run.play();
                } catch (StorageException e) {
                    assertEquals(StorageException.Kind.IO, e.kind());
                }
                disk.crash(call);
                run.recover("script " + script + " EIO at call " + call);
            }
        }
    }

    private static void sweep(int script, long call, DiskFault fault) {
        String where = "script " + script + " " + fault + " at call " + call;
        SimDisk disk = new SimDisk().plan(FaultPlan.at(call, fault));
        Run run = new Run(script, disk);
        boolean crashed = false;
        try {
            run.play();
        } catch (SimCrash e) {
            crashed = true;
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(where, e);
        }
        assertTrue(crashed, where);
        disk.crash(call * 31 + script);
        run.recover(where);
    }

    /** A seeded script on one tree, and what the checkpoints of its run have promised. */
    private static final class Run {
        private final SimDisk disk;
        private final Random random;
        private final PageStoreContext context;
        private final TreeMap<Long, ModelTree> begun = new TreeMap<>();
        private ModelTree model = new ModelTree();
        private long operation;
        private long done;
        private long underWay = -1;

        Run(int script, SimDisk disk) {
            this.disk = disk;
            this.random = new Random(script);
            this.context = BTreeTest.small(random).regionBytes(64 * 1024);
            context.blockBytes(512 << random.nextInt(2));
            for (int i = 0; i < PageStoreContext.TREE_COUNT; i++) {
                context.pageBytes(i, context.blockBytes() << random.nextInt(2));
            }
            begun.put(0L, new ModelTree());
        }

        void play() {
            FileStore files = disk.mount();
            PageStore store = PageStore.open(files, context);
            KeySource keys = new KeySource(random, 300);
            int removeShare = 10 + random.nextInt(40);
            for (int i = 0; i < OPERATIONS; i++) {
                step(store, keys, removeShare);
                if (i > OPERATIONS / 2) {
                    removeShare = 80; // so that the file shrinks in every script
                }
                if (random.nextInt(30) == 0) {
                    checkpoint(store, keys, removeShare);
                }
                if (random.nextInt(10) == 0) {
                    store.reclaim(20, false);
                    store.doBackgroundWork();
                }
                if (random.nextInt(200) == 0) {
                    store.close();
                    files.close();
                    files = disk.mount();
                    store = PageStore.open(files, context);
                    model = begun.get(done).copy();
                    operation++;
                }
            }
            store.close();
            files.close();
        }

        void recover(String where) {
            try (FileStore files = disk.mount()) {
                if (files.exists("pages")) {
                    assertEquals(List.of(), PageCheck.check(files, "pages").problems());
                }
                PageStore store = PageStore.open(files, context);
                long found = store.stamp().getLong(0);
                assertTrue(found == done || found == underWay, "found " + found + ", not " + done + " or " + underWay);
                model = begun.get(found).copy();
                model.assertSame(store.tree(0).cursor());
                KeySource keys = new KeySource(random, 300);
                for (int i = 0; i < 30; i++) {
                    step(store, keys, 30);
                }
                store.checkpoint();
                model.assertSame(store.tree(0).cursor());
                assertEquals(List.of(), PageCheck.check(store).problems());
                store.close();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(where, e);
            }
        }

        /** Operations go on between the three parts of a checkpoint. */
        private void checkpoint(PageStore store, KeySource keys, int removeShare) {
            ModelTree frozen = model.copy();
            long number = operation;
            begun.put(number, frozen);
            Checkpoint checkpoint = store.begin();
            for (int i = random.nextInt(8); i > 0; i--) {
                step(store, keys, removeShare);
            }
            underWay = number;
            checkpoint.run();
            done = number;
            underWay = -1;
            for (int i = random.nextInt(8); i > 0; i--) {
                step(store, keys, removeShare);
            }
            store.complete(checkpoint);
        }

        private void step(PageStore store, KeySource keys, int removeShare) {
            byte[] key = keys.next();
            if (random.nextInt(100) < removeShare) {
                byte[] near = model.entries().ceilingKey(key);
                model.remove(store.tree(0), near == null ? key : near);
            } else {
                byte[] value = new byte[random.nextInt(8) == 0 ? random.nextInt(6000) : random.nextInt(200)];
                random.nextBytes(value);
                model.put(store.tree(0), key, value, random.nextBoolean());
            }
            operation++;
            store.stamp().putLong(0, operation);
        }
    }
}
