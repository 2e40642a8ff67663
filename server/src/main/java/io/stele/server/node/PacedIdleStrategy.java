package io.stele.server.node;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.IdleStrategy;

/**
 * Rests after each step of work for as long as the step took, so that an agent that does much at a time takes half of
 * the disk's time at most; waits for work like a {@link ParkingIdleStrategy}.
 */
final class PacedIdleStrategy implements IdleStrategy, Wakeable {
    private static final long REST_NS_MIN = TimeUnit.MICROSECONDS.toNanos(100);
    private static final long REST_NS_MAX = TimeUnit.MILLISECONDS.toNanos(20);

    private final ParkingIdleStrategy waiting;
    private long resumedNs = System.nanoTime();

    PacedIdleStrategy(ParkingIdleStrategy waiting) {
        this.waiting = waiting;
    }

    @Override
    public void idle(int workCount) {
        waiting.idle(workCount);
        if (workCount > 0) {
            long tookNs = System.nanoTime() - resumedNs;
            if (tookNs > REST_NS_MIN) {
                LockSupport.parkNanos(Math.min(tookNs, REST_NS_MAX));
            }
        }
        resumedNs = System.nanoTime();
    }

    @Override
    public void idle() {
        idle(0);
    }

    @Override
    public void reset() {
        waiting.reset();
    }

    @Override
    public void wake() {
        waiting.wake();
    }
}
