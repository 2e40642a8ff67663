package io.stele.perf.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class LoadRunnerTest {
    private static final KeySpace KEYS = new KeySpace("test/", 16, 1000, 100, 1);

    private static Phase phase(Scenario scenario, int slots, long total, long rate) {
        return new Phase(scenario, KEYS, slots, total, 0, rate, false, false, 0.5, 0, 7);
    }

    @ParameterizedTest
    @EnumSource(FakeStore.Replies.class)
    void shouldDoExactlyAsManyOperationsAsAsked(FakeStore.Replies replies) throws InterruptedException {
        try (FakeStore store = new FakeStore(replies);
                LoadRunner runner = new LoadRunner(store, 3)) {
            PhaseResult result = runner.run(phase(Scenario.PUT, 16, 20_000, 0), PhaseListener.NONE);
            assertEquals(20_000, result.all().getTotalCount());
            assertEquals(20_000, store.requestCount());
            assertEquals(20_000, result.keyCount());
            assertEquals(2_000_000, result.byteCount());
            assertEquals(Map.of(), result.errors());
            assertTrue(result.throughput() > 0);
        }
    }

    @ParameterizedTest
    @EnumSource(FakeStore.Replies.class)
    void shouldLoadEveryKeyOfTheKeySpaceOnce(FakeStore.Replies replies) throws InterruptedException {
        try (FakeStore store = new FakeStore(replies);
                LoadRunner runner = new LoadRunner(store, 2)) {
            assertEquals(0, runner.count(KEYS));
            PhaseResult result = runner.run(Phase.load(KEYS, 7, 1), PhaseListener.NONE);
            assertEquals(1000, result.all().getTotalCount());
            assertEquals(1000, store.keyCount());
            assertEquals(1000, runner.count(KEYS));
        }
    }

    @ParameterizedTest
    @EnumSource(FakeStore.Replies.class)
    void shouldCountFailuresApartAndGoOn(FakeStore.Replies replies) throws InterruptedException {
        try (FakeStore store = new FakeStore(replies);
                LoadRunner runner = new LoadRunner(store, 2)) {
            store.failEvery(50);
            PhaseResult result = runner.run(phase(Scenario.PUT, 8, 1000, 0), PhaseListener.NONE);
            assertEquals(Map.of("refused", 20L), result.errors());
            assertEquals(980, result.all().getTotalCount());
            assertEquals(20, result.errorCount());
        }
    }

    @Test
    void shouldEndByDurationAndReportEverySecondOnce() throws InterruptedException {
        Phase phase =
                new Phase(Scenario.PUT, KEYS, 4, 0, TimeUnit.MILLISECONDS.toNanos(1200), 0, false, false, 0, 0, 1);
        List<Long> counts = new ArrayList<>();
        try (FakeStore store = new FakeStore(FakeStore.Replies.FROM_ANOTHER_THREAD);
                LoadRunner runner = new LoadRunner(store, 1)) {
            PhaseResult result = runner.run(
                    phase,
                    (of, sample, completed, lanes) -> counts.add(lanes.get(0).getTotalCount()));
            assertEquals(
                    result.all().getTotalCount(),
                    counts.stream().mapToLong(Long::longValue).sum());
            assertTrue(result.seconds() > 0);
            assertTrue(result.timeline().size() >= 1);
        }
    }

    @Test
    void shouldKeepGetsAndPutsApartInAMixedLoad() throws InterruptedException {
        try (FakeStore store = new FakeStore(FakeStore.Replies.FROM_ANOTHER_THREAD);
                LoadRunner runner = new LoadRunner(store, 2)) {
            PhaseResult result = runner.run(phase(Scenario.MIXED, 8, 10_000, 0), PhaseListener.NONE);
            long gets = result.lanes().get("get").getTotalCount();
            long puts = result.lanes().get("put").getTotalCount();
            assertEquals(10_000, gets + puts);
            assertTrue(gets > 4500 && gets < 5500, gets + " gets with a read ratio of 0.5");
        }
    }

    @Test
    void shouldNoticeRepliesWithoutAKey() throws InterruptedException {
        try (FakeStore store = new FakeStore(FakeStore.Replies.FROM_ANOTHER_THREAD);
                LoadRunner runner = new LoadRunner(store, 1)) {
            assertEquals(
                    100,
                    runner.run(phase(Scenario.RANGE, 1, 100, 0), PhaseListener.NONE)
                            .emptyCount());
        }
    }

    @Test
    void shouldListTheWholeKeySpaceOrUpToTheLimit() throws InterruptedException {
        try (FakeStore store = new FakeStore(FakeStore.Replies.FROM_ANOTHER_THREAD);
                LoadRunner runner = new LoadRunner(store, 1)) {
            runner.run(Phase.load(KEYS, 4, 1), PhaseListener.NONE);
            Phase all = new Phase(Scenario.LIST, KEYS, 1, 2, 0, 0, false, false, 0, 0, 1);
            assertEquals(2000, runner.run(all, PhaseListener.NONE).keyCount());
            Phase limited = new Phase(Scenario.LIST, KEYS, 1, 2, 0, 0, false, false, 0, 10, 1);
            assertEquals(20, runner.run(limited, PhaseListener.NONE).keyCount());
        }
    }

    /** Whatever the machine does, an operation due before the stall's end is charged the rest of the stall. */
    @Test
    void shouldChargeAStallToEveryOperationThatItDelayed() throws InterruptedException {
        long stallNs = TimeUnit.MILLISECONDS.toNanos(100);
        try (FakeStore store = new FakeStore(FakeStore.Replies.FROM_ANOTHER_THREAD);
                LoadRunner runner = new LoadRunner(store, 1)) {
            store.withholdFirst(1);
            Thread releaser = new Thread(() -> {
                while (store.withheldCount() == 0) {
                    Thread.onSpinWait();
                }
                for (long end = System.nanoTime() + stallNs; System.nanoTime() < end; ) {
                    LockSupport.parkNanos(end - System.nanoTime());
                }
                store.releaseWithheld();
            });
            releaser.start();
            PhaseResult result = runner.run(phase(Scenario.PUT, 1, 200, 1000), PhaseListener.NONE);
            releaser.join();
            Histogram fromDue = result.all();
            assertEquals(200, fromDue.getTotalCount());
            assertEquals(200, result.service().getTotalCount());
            // Operations 0 to 50 were due in the first 50 ms of a stall of 100 ms.
            long half = TimeUnit.MILLISECONDS.toNanos(49);
            long charged = fromDue.getCountBetweenValues(half, fromDue.getMaxValue());
            assertTrue(charged >= 50, charged + " operations were charged half of the stall");
            assertTrue(fromDue.getMaxValue() >= TimeUnit.MILLISECONDS.toNanos(99));
        }
    }

    @Test
    void shouldSendEveryDueOperationWhereTheStoreKeepsUp() throws InterruptedException {
        try (FakeStore store = new FakeStore(FakeStore.Replies.FROM_ANOTHER_THREAD);
                LoadRunner runner = new LoadRunner(store, 1)) {
            PhaseResult kept = runner.run(phase(Scenario.PUT, 4, 100, 100_000), PhaseListener.NONE);
            assertEquals(0, kept.unsentCount());
            assertEquals(100, kept.all().getTotalCount());
        }
    }

    @Test
    void shouldCloseEverySession() {
        try (FakeStore store = new FakeStore(FakeStore.Replies.FROM_ANOTHER_THREAD)) {
            try (LoadRunner runner = new LoadRunner(store, 5)) {
                runner.connect(KEYS);
                assertEquals(5, store.openSessions());
            }
            assertEquals(0, store.openSessions());
        }
    }
}
