package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ParkingIdleStrategyTest {
    @Test
    void shouldRunOneMoreCycleBetweenRaisingTheFlagAndSleeping() {
        AtomicInteger sleeps = new AtomicInteger();
        AtomicInteger wakes = new AtomicInteger();
        ParkingIdleStrategy idle =
                new ParkingIdleStrategy(0, 1, ns -> sleeps.incrementAndGet(), wakes::incrementAndGet);
        idle.wake();
        assertEquals(0, wakes.get(), "awake: nothing to do");
        idle.idle(0);
        assertEquals(0, sleeps.get(), "the flag is up, the next cycle still runs");
        idle.wake();
        assertEquals(1, wakes.get(), "whoever enqueues from now on wakes");
        idle.idle(1);
        idle.idle(0);
        assertEquals(0, sleeps.get(), "that cycle found work");
        idle.idle(0);
        assertEquals(1, sleeps.get());
    }

    @Test
    void shouldSleepNoLongerThanItWasToldBefore() {
        AtomicLong slept = new AtomicLong();
        ParkingIdleStrategy idle = new ParkingIdleStrategy(0, 1000, slept::set, () -> {});
        idle.sleepAtMost(30);
        idle.idle(0);
        idle.sleepAtMost(20);
        idle.idle(0);
        assertEquals(20, slept.get());
        idle.idle(0);
        idle.idle(0);
        assertEquals(1000, slept.get(), "it was told for one sleep only");
    }

    @Test
    void shouldNotLoseAWakeUp() throws InterruptedException {
        int rounds = 2_000;
        AtomicLong produced = new AtomicLong();
        AtomicLong consumed = new AtomicLong();
        long foreverNs = Long.MAX_VALUE / 2;
        ParkingIdleStrategy idle = new ParkingIdleStrategy(0, foreverNs);
        Thread agent = new Thread(() -> {
            while (consumed.get() < rounds) {
                long seen = produced.get();
                boolean work = seen > consumed.get();
                consumed.set(seen);
                idle.idle(work ? 1 : 0);
            }
        });
        agent.start();
        for (int i = 1; i <= rounds; i++) {
            produced.incrementAndGet();
            idle.wake();
            while (consumed.get() < i) {
                Thread.onSpinWait();
            }
        }
        agent.join();
        assertTrue(consumed.get() >= rounds);
    }
}
