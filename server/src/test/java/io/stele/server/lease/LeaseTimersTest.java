package io.stele.server.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LeaseTimersTest {
    private static final long TICK_MS = 64;

    private final LeaseTimers timers = new LeaseTimers();
    private long nowMs;

    @Test
    void shouldLetATimerGoOffInTheTickAfterItsTimeAndNotBefore() {
        for (long timeMs : new long[] {0, 1, 63, 64, 65, 16_384, 16_385, 5_000_000, 300_000_000}) {
            LeaseTimers one = new LeaseTimers();
            int slot = one.add(1, 1, timeMs, LeaseTimers.NEVER);
            long before = Math.max(0, timeMs - 1);
            one.poll(before, Integer.MAX_VALUE, one::makeDue);
            assertEquals(timeMs == 0 ? slot : LeaseTimers.NONE, one.firstDue(), "before " + timeMs);
            one.poll(timeMs + TICK_MS, Integer.MAX_VALUE, one::makeDue);
            assertEquals(slot, one.firstDue(), "after " + timeMs);
        }
    }

    @Test
    void shouldTakeTheLongestTimeThereIs() {
        timers.add(1, 1, 9_000_000_000_000L, LeaseTimers.NEVER);
        timers.add(2, 1, Long.MAX_VALUE - 1, LeaseTimers.NEVER);
        timers.poll(600_000_000, Integer.MAX_VALUE, timers::makeDue);
        assertEquals(LeaseTimers.NONE, timers.firstDue());
        assertEquals(2, timers.count());
    }

    @Test
    void shouldAgreeWithAListThatIsSearchedFromEndToEnd() {
        for (long seed = 1; seed <= 20; seed++) {
            new Comparison(seed).run();
        }
    }

    /** Random leases, renewals and ends; time goes on in steps of all lengths. */
    private static final class Comparison {
        private final Random random;
        private final LeaseTimers timers = new LeaseTimers();
        private final Map<Long, Long> deadlines = new HashMap<>();
        private long nowMs;
        private long wokenCount;

        Comparison(long seed) {
            random = new Random(seed);
        }

        void run() {
            for (int i = 0; i < 20_000; i++) {
                switch (random.nextInt(4)) {
                    case 0 -> grant();
                    case 1 -> renew();
                    case 2 -> end();
                    default -> pass();
                }
            }
            assertEquals(deadlines.size(), timers.count());
            assertTrue(wokenCount > 0);
        }

        private void grant() {
            long leaseId = random.nextInt(4000) - 2000L;
            if (!deadlines.containsKey(leaseId)) {
                long deadlineMs = nowMs + ttlMs();
                timers.add(leaseId, 1, deadlineMs, random.nextInt(3) == 0 ? nowMs + ttlMs() : LeaseTimers.NEVER);
                deadlines.put(leaseId, deadlineMs);
            }
        }

        private void renew() {
            long leaseId = random.nextInt(4000) - 2000L;
            int slot = timers.find(leaseId);
            assertEquals(deadlines.containsKey(leaseId), slot != LeaseTimers.NONE);
            if (slot != LeaseTimers.NONE) {
                assertEquals(leaseId, timers.leaseId(slot));
                timers.renew(slot, nowMs + ttlMs(), LeaseTimers.NEVER);
                deadlines.put(leaseId, timers.deadlineMs(slot));
            }
        }

        private void end() {
            long leaseId = random.nextInt(4000) - 2000L;
            if (deadlines.remove(leaseId) != null) {
                timers.remove(timers.find(leaseId));
            }
        }

        private void pass() {
            nowMs += 1L << random.nextInt(14);
            int limit = 1 + random.nextInt(20);
            int done;
            do {
                done = timers.poll(nowMs, limit, this::onTimer);
                assertTrue(done <= limit);
            } while (done == limit);
            for (int slot = timers.firstDue(); slot != LeaseTimers.NONE; slot = timers.firstDue()) {
                long leaseId = timers.leaseId(slot);
                long deadlineMs = deadlines.remove(leaseId);
                assertTrue(deadlineMs <= nowMs, "early");
                timers.remove(slot);
            }
            deadlines.forEach((leaseId, deadlineMs) -> assertTrue(deadlineMs > nowMs - TICK_MS, "late: " + leaseId));
        }

        private void onTimer(int slot) {
            wokenCount++;
            if (timers.deadlineMs(slot) <= nowMs) {
                timers.makeDue(slot);
            } else {
                if (timers.checkpointMs(slot) <= nowMs) {
                    timers.checkpointMs(slot, LeaseTimers.NEVER);
                }
                timers.schedule(slot);
            }
        }

        private long ttlMs() {
            return 1L << random.nextInt(25);
        }
    }

    @Test
    void shouldBeDueInOrderAndNotAnyMoreAfterARenewal() {
        for (int i = 0; i < 5; i++) {
            timers.add(i, 1, 1000 + i * TICK_MS, LeaseTimers.NEVER);
        }
        nowMs = 2000;
        timers.poll(nowMs, 100, timers::makeDue);
        timers.renew(timers.find(0), nowMs + 1000, LeaseTimers.NEVER);
        timers.renew(timers.find(3), nowMs + 1000, LeaseTimers.NEVER);
        for (int expected : new int[] {1, 2, 4}) {
            assertEquals(expected, timers.leaseId(timers.firstDue()));
            timers.remove(timers.firstDue());
        }
        assertEquals(LeaseTimers.NONE, timers.firstDue());
        assertEquals(2, timers.count());
    }

    @Test
    void shouldNotLookAtLeasesThatAreNotDue() {
        for (int i = 0; i < 100_000; i++) {
            timers.add(i, 1, 60_000 + i, LeaseTimers.NEVER);
        }
        int touched = 0;
        for (nowMs = 0; nowMs < 15_000; nowMs += 10) {
            touched += timers.poll(nowMs, Integer.MAX_VALUE, timers::makeDue);
        }
        assertEquals(0, touched);
    }
}
