package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SnapshotRoomTest {
    private static final long NOW_NS = TimeUnit.HOURS.toNanos(1);
    private static final long MB = 1_000_000;

    private final SnapshotRoom room = new SnapshotRoom();

    @Test
    void shouldNotTryAgainWhatDidNotFitUntilThereIsMoreSpace() {
        assertTrue(room.mayBegin(160 * MB, NOW_NS));
        room.onRefused(160 * MB, NOW_NS);
        assertFalse(room.mayBegin(160 * MB, NOW_NS + 1));
        assertFalse(room.mayBegin(169 * MB, NOW_NS + 2), "that little comes and goes by itself");
        assertTrue(room.mayBegin(171 * MB, NOW_NS + 3));
    }

    @Test
    void shouldTryAgainOnceOthersGiveBackWhatTheyHaveTakenMeanwhile() {
        assertTrue(room.mayBegin(160 * MB, NOW_NS));
        room.onRefused(3 * MB, NOW_NS);
        assertFalse(room.mayBegin(3 * MB, NOW_NS + 1));
        assertTrue(room.mayBegin(160 * MB, NOW_NS + 2), "as much as there was when it began");
    }

    @Test
    void shouldTryAgainNowAndThen() {
        assertTrue(room.mayBegin(160 * MB, NOW_NS));
        room.onRefused(160 * MB, NOW_NS);
        assertTrue(room.mayBegin(160 * MB, NOW_NS + TimeUnit.MINUTES.toNanos(5)));
        room.onComplete();
        assertTrue(room.mayBegin(MB, NOW_NS), "after one that fitted");
    }
}
