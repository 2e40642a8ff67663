package io.stele.perf.process;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * When this process stood still: stopped, or without a core. Servers on the same machine most probably did so, too:
 * what they are late by for that is not their doing, and a lease grows no older while its leader stands still.
 */
public final class Standstills implements AutoCloseable {
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(10);

    /** Two looks further apart than this have a standstill between them. */
    private static final long SHORTEST_NS = TimeUnit.MILLISECONDS.toNanos(250);

    private final List<long[]> spans = new ArrayList<>();
    private volatile boolean isOver;

    /** None, but for those that are added. */
    public Standstills() {}

    /** Looks at the clock from now on. */
    public static Standstills watched() {
        Standstills standstills = new Standstills();
        Thread thread = new Thread(standstills::look, "standstills");
        thread.setDaemon(true);
        thread.start();
        return standstills;
    }

    private void look() {
        long lastNs = System.nanoTime();
        while (!isOver) {
            LockSupport.parkNanos(LOOK_NS);
            long nowNs = System.nanoTime();
            if (nowNs - lastNs > SHORTEST_NS) {
                add(lastNs, nowNs);
            }
            lastNs = nowNs;
        }
    }

    /** Adds one that was not seen by looking. */
    public synchronized void add(long fromNs, long toNs) {
        spans.add(new long[] {fromNs, toNs});
    }

    /** How much of that time. */
    public synchronized long within(long fromNs, long toNs) {
        long sum = 0;
        for (long[] span : spans) {
            sum += Math.max(0, Math.min(toNs, span[1]) - Math.max(fromNs, span[0]));
        }
        return sum;
    }

    /** How many there were. */
    public synchronized int count() {
        return spans.size();
    }

    /** How long they took together. */
    public synchronized long totalNs() {
        return spans.stream().mapToLong(span -> span[1] - span[0]).sum();
    }

    @Override
    public void close() {
        isOver = true;
    }
}
