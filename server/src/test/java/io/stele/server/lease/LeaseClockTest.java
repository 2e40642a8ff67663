package io.stele.server.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LeaseClockTest {
    private static final long MS = 1_000_000;

    private final LeaseClock clock = new LeaseClock(100 * MS, -5 * MS);

    @Test
    void shouldGoOnWithTheTimeItIsTold() {
        assertFalse(clock.advance(45 * MS));
        assertFalse(clock.advance(145 * MS));
        assertEquals(150, clock.nowMs());
        assertTrue(clock.mayExpire());
    }

    @Test
    void shouldStandStillInAPause() {
        assertTrue(clock.advance(60_000 * MS));
        assertEquals(0, clock.nowMs());
        assertFalse(clock.advance(60_050 * MS));
        assertEquals(50, clock.nowMs());
    }

    @Test
    void shouldEndNothingAfterAPauseUntilConfirmedAndALittleLonger() {
        assertTrue(clock.advance(60_000 * MS));
        assertFalse(clock.isConfirmed());
        clock.confirm(clock.pauseCount());
        assertTrue(clock.isConfirmed());
        assertFalse(clock.mayExpire());
        assertFalse(clock.advance(60_100 * MS));
        assertTrue(clock.mayExpire());
    }

    @Test
    void shouldNotTakeTheConfirmationOfAnEarlierPause() {
        assertTrue(clock.advance(1000 * MS));
        long first = clock.pauseCount();
        assertTrue(clock.advance(2000 * MS));
        clock.confirm(first);
        assertFalse(clock.isConfirmed());
        clock.confirm(clock.pauseCount());
        assertTrue(clock.isConfirmed());
    }
}
