package io.stele.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The seeds that every build runs, each twice. A run that tested too little fails as well. */
class SeedsTest {
    private static final int SEEDS = 240;
    private static final int ENTRIES_MIN = 5_000;
    private static final int ANSWERS_MIN = 10_000;
    private static final int CRASHES_MIN = 500;

    @Test
    void shouldViolateNothingAndMeetEverySituation() {
        Coverage total = new Coverage();
        for (int seed = 1; seed <= SEEDS; seed++) {
            Verdict first = Simulation.run(seed);
            assertTrue(first.isGood(), first.name() + ": " + first.violation());
            Verdict second = Simulation.run(seed);
            assertEquals(first.traceHash(), second.traceHash(), "two runs of seed " + seed + " differ");
            total.add(first.coverage());
        }
        assertEquals(SEEDS, total.runCount());
        assertTrue(total.entryCount() >= ENTRIES_MIN, "entries checked: " + total.entryCount());
        assertTrue(total.answerCount() >= ANSWERS_MIN, "answers checked: " + total.answerCount());
        assertTrue(total.crashCount() >= CRASHES_MIN, "crashes: " + total.crashCount());
        List<Sometimes> never = total.never(Sometimes.Scope.NODE);
        assertTrue(never.isEmpty(), "never met: " + never);
    }
}
