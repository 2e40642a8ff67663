package io.stele.simulator.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.simulator.Coverage;
import io.stele.simulator.Sometimes;
import io.stele.simulator.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The clusters that every build runs, some of them twice. A run that tested too little fails as well. */
class ClusterSeedsTest {
    private static final int SEEDS = 200;
    /** These change their members, watch, hold leases and number writes; the others do nothing of that. */
    private static final int SEEDS_WITH_ALL = 140;

    private static final int TWICE_ONE_IN = 10;
    private static final int ENTRIES_MIN = 50_000;
    private static final int ANSWERS_MIN = 100_000;
    private static final int EVENTS_MIN = 100_000;
    private static final int CRASHES_MIN = 1_000;
    private static final int SIMULATED_MINUTES_MIN = 50;

    @Test
    void shouldViolateNothingAndMeetEverySituation() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<Verdict>> verdicts = new ArrayList<>();
            for (int i = 1; i <= SEEDS; i++) {
                long number = i <= SEEDS_WITH_ALL ? ClusterSimulation.FIRST_SEED_WITH_ALL + i - 1 : i;
                verdicts.add(threads.submit(() -> run(number)));
            }
            Coverage total = new Coverage();
            for (Future<Verdict> verdict : verdicts) {
                assertTrue(
                        verdict.get().isGood(),
                        verdict.get().name() + ": " + verdict.get().violation());
                total.add(verdict.get().coverage());
            }
            check(total);
        } finally {
            threads.shutdownNow();
        }
    }

    private static Verdict run(long seed) {
        Verdict first = ClusterSimulation.run(seed);
        if (seed % TWICE_ONE_IN == 0) {
            assertEquals(
                    first.traceHash(), ClusterSimulation.run(seed).traceHash(), "two runs of seed " + seed + " differ");
        }
        return first;
    }

    private static void check(Coverage total) {
        assertEquals(SEEDS, total.runCount());
        assertTrue(total.entryCount() >= ENTRIES_MIN, "entries checked: " + total.entryCount());
        assertTrue(total.answerCount() >= ANSWERS_MIN, "answers checked: " + total.answerCount());
        assertTrue(total.eventCount() >= EVENTS_MIN, "events checked: " + total.eventCount());
        assertTrue(total.crashCount() >= CRASHES_MIN, "crashes: " + total.crashCount());
        double minutes = total.simulatedNs() / 60e9;
        assertTrue(minutes >= SIMULATED_MINUTES_MIN, "minutes simulated: " + minutes);
        List<Sometimes> never = total.never(Sometimes.Scope.CLUSTER);
        assertTrue(never.isEmpty(), "never met: " + never);
    }
}
