package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SnapshotPaceTest {
    private static final long CYCLE_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int CYCLES_PER_SECOND = 1_000;
    private static final int CHUNK_BYTES = 16 * 1024;
    private static final long LATE_NS = TimeUnit.MILLISECONDS.toNanos(30);

    private final SnapshotPace pace = new SnapshotPace(0);
    private long nowNs;
    private long logIndex;

    @BeforeEach
    void begin() {
        pace.onBegin(nowNs);
    }

    @Test
    void shouldNotHoldBackWhatNobodyIsDisturbedBy() {
        pace.onCycle(logIndex, false, nowNs);
        nowNs += TimeUnit.SECONDS.toNanos(1);
        for (int i = 0; i < 10_000; i++) {
            assertTrue(pace.allows(nowNs));
            pace.onSent(CHUNK_BYTES, 1, nowNs);
        }
    }

    @Test
    void shouldBeginSlowlyBesideWritesAndGoFasterWhileAcknowledgementsComeSoon() {
        assertTrue(secondOfWrites(0, 0) < 2 * SnapshotPace.SPEED_MIN);
        for (int i = 0; i < 30; i++) {
            secondOfWrites(0, 0);
        }
        assertNear(SnapshotPace.SPEED_MAX, secondOfWrites(0, 0));
    }

    @Test
    void shouldSlowDownWhenAcknowledgementsAreLate() {
        for (int i = 0; i < 31; i++) {
            secondOfWrites(0, 0);
        }
        long before = secondOfWrites(0, 0);
        secondOfWrites(0, LATE_NS);
        assertTrue(secondOfWrites(0, LATE_NS) < before / 2);
        for (int i = 0; i < 5; i++) {
            secondOfWrites(0, LATE_NS);
        }
        assertNear(SnapshotPace.SPEED_MIN, secondOfWrites(0, LATE_NS));
    }

    @Test
    void shouldCountSmallEntriesForMoreThanTheirBytes() {
        long large = secondOfWrites(0, LATE_NS);
        assertTrue(secondOfWrites(64, LATE_NS) < large * 2 / 3);
    }

    @Test
    void shouldWaitUntilALongEntryIsPaidFor() {
        secondOfWrites(0, LATE_NS);
        pace.onSent((int) (2 * SnapshotPace.SPEED_MIN), 1, nowNs);
        assertEquals(0, secondOfWrites(0, LATE_NS));
        secondOfWrites(0, LATE_NS);
        assertNear(SnapshotPace.SPEED_MIN, secondOfWrites(0, LATE_NS));
    }

    @Test
    void shouldNotMakeUpForLongCycles() {
        secondOfWrites(0, LATE_NS);
        nowNs += TimeUnit.SECONDS.toNanos(10);
        pace.onCycle(++logIndex, false, nowNs);
        int chunks = 0;
        while (pace.allows(nowNs)) {
            pace.onSent(CHUNK_BYTES, 0, nowNs);
            chunks++;
        }
        assertEquals(4, chunks);
    }

    /** Bytes that left in a second in which every cycle had a write. */
    private long secondOfWrites(int entries, long lateNs) {
        long bytes = 0;
        for (int i = 0; i < CYCLES_PER_SECOND; i++) {
            nowNs += CYCLE_NS;
            pace.onCycle(++logIndex, false, nowNs);
            while (pace.allows(nowNs)) {
                pace.onSent(CHUNK_BYTES, entries, nowNs);
                bytes += CHUNK_BYTES;
                pace.onAcknowledged(lateNs, nowNs);
            }
        }
        return bytes;
    }

    private static void assertNear(long wanted, long bytes) {
        assertTrue(Math.abs(wanted - bytes) < wanted / 4, bytes + " bytes, and not about " + wanted);
    }
}
