package io.stele.gateway.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AssemblyBudgetTest {
    private final AssemblyBudget budget = new AssemblyBudget(100);

    private static final class Answer implements AssemblyBudget.Assembly {
        private boolean isPaused;

        @Override
        public void pause() {
            isPaused = true;
        }

        @Override
        public void unpause() {
            isPaused = false;
        }
    }

    private final Answer first = new Answer();
    private final Answer second = new Answer();
    private final Answer third = new Answer();
    private final AssemblyBudget.Share firstShare = budget.begin(first);
    private final AssemblyBudget.Share secondShare = budget.begin(second);

    @Test
    void shouldLetAllGoOnWithinTheBudget() {
        firstShare.grow(50);
        secondShare.grow(50);
        assertFalse(first.isPaused);
        assertFalse(second.isPaused);
    }

    @Test
    void shouldLetOnlyTheOldestGoOnBeyondIt() {
        secondShare.grow(101);
        budget.begin(third);
        assertFalse(first.isPaused);
        assertTrue(second.isPaused);
        assertTrue(third.isPaused);
        firstShare.grow(1_000);
        assertFalse(first.isPaused);
    }

    @Test
    void shouldNotPileUpAnswersThatAreTakenSlowly() {
        firstShare.grow(150);
        firstShare.complete();
        assertFalse(second.isPaused);
        secondShare.grow(50);
        assertFalse(second.isPaused);
        secondShare.grow(1);
        assertTrue(second.isPaused);
        firstShare.end();
        assertFalse(second.isPaused);
        assertEquals(51, budget.bytes());
    }

    @Test
    void shouldNotWaitForeverForOneThatNobodyTakes() {
        firstShare.grow(250);
        firstShare.complete();
        assertTrue(second.isPaused);
        firstShare.stall();
        assertFalse(second.isPaused);
        firstShare.end();
        secondShare.end();
        assertEquals(0, budget.bytes());
    }

    @Test
    void shouldGoOnWhenTheOldestIsNotWantedAnyMore() {
        firstShare.grow(150);
        assertTrue(second.isPaused);
        firstShare.end();
        assertFalse(second.isPaused);
        assertEquals(0, budget.bytes());
    }
}
