package io.stele.server.node;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.agrona.concurrent.IdleStrategy;

/**
 * Yields while work may come any moment, sleeps when none has come for a while, and can be woken.
 *
 * <p>No wake-up is lost: before sleeping, one more duty cycle runs with {@link #asleep} raised, so whoever enqueues
 * either is seen by that cycle or sees the flag and wakes. Waking an agent that is awake costs one volatile read.
 */
@SuppressWarnings("ThreadPriorityCheck") // yielding is what a waiting agent is meant to do
public final class ParkingIdleStrategy implements IdleStrategy, Wakeable {
    private final long yieldNs;
    private final long sleepNsMax;
    private final LongConsumer sleep;
    private final Runnable wakeUp;
    private long idleSinceNs;
    private boolean idle;
    private long nextSleepNs;
    private volatile Thread thread;
    private volatile boolean asleep;

    /**
     * Sleeps by parking the agent's thread.
     *
     * @param yieldNs how long to stay awake without work
     * @param sleepNsMax longest sleep without a wake-up
     */
    public ParkingIdleStrategy(long yieldNs, long sleepNsMax) {
        this.yieldNs = yieldNs;
        this.sleepNsMax = sleepNsMax;
        nextSleepNs = sleepNsMax;
        sleep = LockSupport::parkNanos;
        wakeUp = () -> LockSupport.unpark(thread);
    }

    /**
     * Sleeps in its own way.
     *
     * @param sleep waits at most so many nanoseconds, and not at all if {@code wakeUp} was called before it
     * @param wakeUp ends the sleep; called from any thread
     */
    public ParkingIdleStrategy(long yieldNs, long sleepNsMax, LongConsumer sleep, Runnable wakeUp) {
        this.yieldNs = yieldNs;
        this.sleepNsMax = sleepNsMax;
        nextSleepNs = sleepNsMax;
        this.sleep = sleep;
        this.wakeUp = wakeUp;
    }

    @Override
    public void idle(int workCount) {
        if (workCount > 0) {
            reset();
        } else {
            idle();
        }
    }

    @Override
    public void idle() {
        if (asleep) {
            sleep.accept(nextSleepNs);
            nextSleepNs = sleepNsMax;
            reset();
            return;
        }
        long nowNs = System.nanoTime();
        if (!idle) {
            idle = true;
            idleSinceNs = nowNs;
        }
        if (nowNs - idleSinceNs < yieldNs) {
            Thread.yield();
        } else {
            thread = Thread.currentThread();
            asleep = true;
        }
    }

    @Override
    public void reset() {
        idle = false;
        if (asleep) {
            asleep = false;
        }
    }

    @Override
    public void sleepAtMost(long ns) {
        nextSleepNs = Math.min(nextSleepNs, ns);
    }

    @Override
    public void wake() {
        if (asleep) {
            wakeUp.run();
        }
    }
}
