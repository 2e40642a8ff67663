package io.stele.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DiceTest {
    @Test
    void shouldNotMoveOtherDecisionsWhenOneKindIsAskedMoreOften() {
        Dice few = new Dice(7);
        Dice many = new Dice(7);
        for (int i = 0; i < 100; i++) {
            many.next(Decision.FAULT);
            assertEquals(few.next(Decision.SCHEDULE), many.next(Decision.SCHEDULE));
        }
    }

    @Test
    void shouldDifferBySeedKindLaneAndNumber() {
        long one = Dice.hash(1, Decision.FAULT, 1, 1);
        assertNotEquals(one, Dice.hash(2, Decision.FAULT, 1, 1));
        assertNotEquals(one, Dice.hash(1, Decision.POWER, 1, 1));
        assertNotEquals(one, Dice.hash(1, Decision.FAULT, 2, 1));
        assertNotEquals(one, Dice.hash(1, Decision.FAULT, 1, 2));
    }

    @Test
    void shouldDrawSmallNumbersAsOftenAsLargeOnesWhenLogUniform() {
        SplittableRandom random = new SplittableRandom(3);
        int small = 0;
        for (int i = 0; i < 10_000; i++) {
            long value = Dice.logUniform(random, 1, 10_000);
            assertTrue(value >= 1 && value <= 10_000, "out of range: " + value);
            small += value <= 100 ? 1 : 0;
        }
        assertTrue(small > 4_000 && small < 6_000, "of 10000 at most 100: " + small);
    }
}
