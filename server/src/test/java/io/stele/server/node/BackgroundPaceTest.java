package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class BackgroundPaceTest {
    private static final long STEP_NS = 1_000;

    private final BackgroundPace pace = new BackgroundPace(0);

    /** Steps done in so long, of which the node is busy throughout. */
    private long stepsWhileBusy(long durationNs, boolean isCompacting) {
        long steps = 0;
        for (long nowNs = 0; nowNs < durationNs; nowNs += STEP_NS) {
            pace.onWork(nowNs);
            if (pace.isDue(nowNs)) {
                pace.onDone(nowNs, nowNs + STEP_NS, 1, isCompacting);
                steps++;
            }
        }
        return steps;
    }

    @Test
    void shouldTakeATwentiethOfABusyNodesTime() {
        assertEquals(50, stepsWhileBusy(1_000 * STEP_NS, false));
    }

    @Test
    void shouldTakeAQuarterWhileVersionsWaitToBeRemoved() {
        assertEquals(250, stepsWhileBusy(1_000 * STEP_NS, true));
    }

    @Test
    void shouldTakeAllTheTimeOfAnIdleNode() {
        long nowNs = BackgroundPace.IDLE_AFTER_NS;
        for (int i = 0; i < 100; i++) {
            assertTrue(pace.isDue(nowNs));
            pace.onDone(nowNs, nowNs + STEP_NS, 1, false);
            nowNs += STEP_NS;
        }
    }

    @Test
    void shouldKeepTheThreadAwakeInAPauseAsLongAsWorkIsLeft() {
        pace.onWork(0);
        pace.onDone(0, STEP_NS, 8, false);
        assertFalse(pace.isDue(STEP_NS));
        assertTrue(pace.mustStayAwake(), "asleep until the next tick, an idle node would do eight steps in each");
        pace.onDone(100 * STEP_NS, 101 * STEP_NS, 0, false);
        assertFalse(pace.mustStayAwake());
    }

    @Test
    void shouldTellFullSpeedByWhatWasAppliedInATenthOfASecond() {
        BackgroundPace pace = new BackgroundPace(0);
        long windowNs = 100_000_000;
        pace.onApplied(0, windowNs);
        pace.onApplied(999, 2 * windowNs - 1);
        assertFalse(pace.isFullSpeed());
        pace.onApplied(999, 2 * windowNs);
        assertFalse(pace.isFullSpeed());
        pace.onApplied(1999, 3 * windowNs);
        assertTrue(pace.isFullSpeed());
        pace.onApplied(3998, 5 * windowNs);
        assertFalse(pace.isFullSpeed(), "1,999 in two windows");
    }
}
