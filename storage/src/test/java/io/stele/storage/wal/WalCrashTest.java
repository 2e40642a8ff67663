package io.stele.storage.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.storage.file.StorageException;
import io.stele.storage.file.StorageException.Kind;
import io.stele.storage.file.sim.DiskFault;
import io.stele.storage.file.sim.FaultPlan;
import io.stele.storage.file.sim.SimCrash;
import io.stele.storage.file.sim.SimDisk;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Stops the machine at every call of the disk port in turn, and fails every call in turn. */
class WalCrashTest {
    private static final WalContext CONTEXT = new WalContext()
            .segmentLength(4096)
            .headerCount(16)
            .spareSegmentMax(1)
            .salt(99);

    private static final List<DiskFault> CRASHES =
            List.of(DiskFault.CRASH_BEFORE, DiskFault.CRASH_INSIDE, DiskFault.CRASH_AFTER);

    /** A named sequence of operations on a log that is open. */
    private record Script(String name, Consumer<WalModel> steps) {}

    private static final List<Script> SCRIPTS = List.of(
            new Script("one entry at a time", model -> {
                for (int i = 0; i < 5; i++) {
                    model.append(1, 100);
                    model.sync();
                }
            }),
            new Script("groups", model -> {
                for (int i = 0; i < 4; i++) {
                    model.append(7, 200);
                    model.sync();
                }
            }),
            new Script("segments made on the spot", model -> {
                for (int i = 0; i < 3; i++) {
                    model.append(12, 900);
                    model.sync();
                }
            }),
            new Script("segments made ready before", model -> {
                for (int i = 0; i < 5; i++) {
                    model.work();
                    model.append(5, 900);
                    model.sync();
                }
            }),
            new Script("an entry larger than a segment", model -> {
                model.append(3, 100);
                model.append(1, 30_000);
                model.append(2, 100);
                model.sync();
                model.append(1, 30_000);
                model.append(1, 0);
                model.sync();
            }),
            new Script("release and recycle", model -> {
                for (int i = 0; i < 5; i++) {
                    model.append(9, 900);
                    model.sync();
                    model.release(2);
                    model.work();
                }
            }),
            new Script("release of everything", model -> {
                for (int i = 0; i < 3; i++) {
                    model.append(10, 900);
                    model.sync();
                    model.release(0);
                    model.work();
                }
                model.append(3, 10);
                model.sync();
            }),
            new Script("truncate within a segment", model -> {
                model.append(8, 100);
                model.sync();
                model.truncate(3);
                model.append(2, 100);
                model.sync();
                model.truncate(1);
                model.sync();
                model.append(2, 100);
            }),
            new Script("truncate across segments", model -> {
                model.append(20, 900);
                model.sync();
                model.truncate(15);
                model.append(10, 900);
                model.truncate(4);
                model.append(10, 900);
                model.sync();
                model.release(1);
                model.work();
            }),
            new Script("reset", model -> {
                model.append(10, 900);
                model.sync();
                model.reset();
                model.append(3, 100);
                model.sync();
                model.release(1);
                model.work();
                model.append(10, 900);
                model.sync();
            }),
            new Script("reopen", model -> {
                for (int i = 0; i < 3; i++) {
                    model.append(4, 900);
                    model.sync();
                    model.append(1, 10);
                    model.close();
                    model.open();
                }
            }),
            new Script("headers forced between", model -> {
                for (int i = 0; i < 4; i++) {
                    model.append(3, 300);
                    model.sync();
                    model.wal().syncHeaders();
                }
            }));

    private static long run(Script script, WalModel model) {
        model.open();
        script.steps.accept(model);
        model.assertCurrent();
        return model.disk().callCount();
    }

    private static long callCount(Script script) {
        return run(script, new WalModel(new SimDisk(), CONTEXT, 1));
    }

    /** The log must be sound, and as usable as any, after whatever has happened. */
    private static void goOn(WalModel model) {
        model.open();
        model.append(5, 900);
        model.sync();
        model.truncate(2);
        model.append(2, 50);
        model.sync();
        model.close();
        WalCheck.Report report = WalCheck.run(model.disk().mount());
        assertEquals(List.of(), report.problems());
        model.disk().kill();
        model.open();
        model.assertCurrent();
        model.close();
    }

    @TestFactory
    List<DynamicTest> shouldSurviveACrashAtEveryCall() {
        return SCRIPTS.stream()
                .map(script -> DynamicTest.dynamicTest(script.name, () -> crashAtEveryCall(script)))
                .toList();
    }

    private static void crashAtEveryCall(Script script) {
        long calls = callCount(script);
        assertTrue(calls > 5);
        for (long call = 1; call <= calls; call++) {
            for (DiskFault fault : CRASHES) {
                for (int seed = 0; seed < 3; seed++) {
                    WalModel model = new WalModel(new SimDisk(), CONTEXT, 1);
                    try {
                        runWithFault(script, model, call, fault);
                        // One seed in three is a crash of the process alone.
                        endLife(model.disk(), seed);
                        goOn(model);
                    } catch (AssertionError | RuntimeException e) {
                        throw new AssertionError(fault + " at call " + call + " seed " + seed, e);
                    }
                }
            }
        }
    }

    private static void endLife(SimDisk disk, int seed) {
        if (seed == 2) {
            disk.kill();
        } else {
            disk.crash(seed);
        }
    }

    private static void runWithFault(Script script, WalModel model, long call, DiskFault fault) {
        model.disk().plan(FaultPlan.at(call, fault));
        assertThrows(SimCrash.class, () -> run(script, model));
    }

    @TestFactory
    List<DynamicTest> shouldSurviveACrashAtEveryCallOfRecovery() {
        return SCRIPTS.stream()
                .map(script -> DynamicTest.dynamicTest(script.name, () -> crashInRecovery(script)))
                .toList();
    }

    /** Crashes somewhere in the script, then at every call of the recovery, then recovers. */
    private static void crashInRecovery(Script script) {
        long calls = callCount(script);
        Random random = new Random(5);
        for (int round = 0; round < 12; round++) {
            long first = 1L + random.nextInt((int) calls);
            int seed = random.nextInt();
            boolean crashed = true;
            for (long second = 1; crashed; second++) {
                WalModel model = new WalModel(new SimDisk(), CONTEXT, 1);
                runWithFault(script, model, first, DiskFault.CRASH_BEFORE);
                model.disk().crash(seed);
                model.disk().resetCallCount();
                model.disk().plan(FaultPlan.at(second, DiskFault.CRASH_INSIDE));
                crashed = opensIntoACrash(model);
                model.disk().crash(seed + second);
                goOn(model);
            }
        }
    }

    private static boolean opensIntoACrash(WalModel model) {
        try {
            model.open();
            return false;
        } catch (SimCrash e) {
            return true;
        }
    }

    @TestFactory
    List<DynamicTest> shouldStopForGoodAtAnInputOutputError() {
        return SCRIPTS.stream()
                .map(script -> DynamicTest.dynamicTest(script.name, () -> failEveryCall(script, DiskFault.EIO)))
                .toList();
    }

    @TestFactory
    List<DynamicTest> shouldLoseNothingOnAFullDisk() {
        return SCRIPTS.stream()
                .map(script -> DynamicTest.dynamicTest(script.name, () -> failEveryCall(script, DiskFault.NO_SPACE)))
                .toList();
    }

    /** After the error the process ends, then the power fails as well: what recovery has shown must stay. */
    private static void failEveryCall(Script script, DiskFault fault) {
        long calls = callCount(script);
        for (long call = 1; call <= calls; call++) {
            for (int seed = 0; seed < 2; seed++) {
                WalModel model = new WalModel(new SimDisk(), CONTEXT, 1);
                model.disk().plan(FaultPlan.at(call, fault));
                try {
                    run(script, model);
                } catch (StorageException e) {
                    assertTrue(e.kind() == Kind.IO || e.kind() == Kind.NO_SPACE, e.toString());
                }
                model.disk().kill();
                model.open();
                model.disk().crash(seed);
                goOn(model);
            }
        }
    }

    @Test
    void shouldFailEverySyncAfterOneHasFailed() {
        WalModel model = new WalModel(new SimDisk(), CONTEXT, 1);
        model.open();
        model.append(3, 100);
        model.disk().plan(FaultPlan.at(model.disk().callCount() + 1, DiskFault.EIO));
        assertEquals(Kind.IO, assertThrows(StorageException.class, model::sync).kind());
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    Kind.IO, assertThrows(StorageException.class, model::sync).kind());
            assertThrows(StorageException.class, () -> model.append(1, 10));
        }
        long calls = model.disk().callCount();
        assertThrows(StorageException.class, model::sync);
        assertEquals(calls, model.disk().callCount(), "a failed force must not be tried again");
    }

    @Test
    void shouldGoOnWhenSpaceReturns() {
        SimDisk disk = new SimDisk();
        WalModel model = new WalModel(disk, CONTEXT, 1);
        model.open();
        disk.quota(disk.usedBytes() + 4096);
        StorageException full = assertThrows(StorageException.class, () -> model.append(100, 900));
        assertEquals(Kind.NO_SPACE, full.kind());
        model.sync();
        model.assertCurrent();
        model.work();
        assertThrows(StorageException.class, () -> model.append(100, 900));
        disk.quota(1 << 20);
        model.append(20, 900);
        model.sync();
        model.close();
        goOn(model);
    }

    @Test
    void shouldSurviveManyLives() {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            WalModel model = new WalModel(new SimDisk(), CONTEXT, seed);
            for (int life = 0; life < 12; life++) {
                model.disk().resetCallCount();
                DiskFault fault = CRASHES.get(random.nextInt(3));
                model.disk().plan(FaultPlan.at(1L + random.nextInt(120), fault));
                try {
                    model.open();
                    for (int i = 0; i < 60; i++) {
                        randomStep(model, random);
                    }
                } catch (SimCrash e) {
                    assertTrue(e.getMessage().contains("call"));
                }
                endLife(model.disk(), random.nextInt(3));
            }
            goOn(model);
        }
    }

    private static void randomStep(WalModel model, Random random) {
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> model.append(1 + random.nextInt(6), random.nextInt(4) == 0 ? 3000 : 200);
            case 4, 5, 6 -> model.sync();
            case 7 -> model.truncate(1 + random.nextInt(10));
            case 8 -> model.release(random.nextInt(5));
            case 9 -> model.work();
            case 10 -> model.wal().syncHeaders();
            default -> {
                if (random.nextInt(8) == 0) {
                    model.reset();
                }
            }
        }
    }
}
