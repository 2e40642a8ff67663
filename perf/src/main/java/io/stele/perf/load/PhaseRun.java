package io.stele.perf.load;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;

/**
 * Runs one phase over open sessions and waits for its last reply.
 *
 * <p>Closed loop: every slot keeps one operation under way; the caller's thread only counts seconds. Open loop: a pacer
 * thread starts operation n at {@code begin + n / rate}, late where no slot is free, and its latency counts from when
 * it was due: a stall is charged to every operation that it delayed (coordinated omission).
 */
final class PhaseRun {
    static final long NO_TICKET = -1;

    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long SAMPLE_MIN_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long DRAIN_MAX_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long STALL_MAX_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long PARK_MIN_NS = 60_000; // what a short parkNanos takes at least
    private static final String UNANSWERED = "no reply";

    private final Phase phase;
    private final PhaseListener listener;
    private final List<LatencyRecorder> recorders = new ArrayList<>();
    private final List<Slot> slots = new ArrayList<>();
    private final ErrorTally errors = new ErrorTally();
    private final AtomicLong tickets = new AtomicLong();
    private final AtomicInteger working = new AtomicInteger();
    private final Queue<Slot> parked = new ConcurrentLinkedQueue<>();
    private final ManyToOneConcurrentArrayQueue<Slot> free;
    private volatile boolean enough;

    private final List<Histogram> interval;
    private final List<Histogram> total;
    private final List<Sample> timeline = new ArrayList<>();
    private long intervalBeginNs;
    private long intervalBeginMs;
    private long lastProgressNs;
    private long errorsSeen;
    private long completed;
    private long unsent;

    PhaseRun(Phase phase, List<Session> sessions, PhaseListener listener) {
        this.phase = phase;
        this.listener = listener;
        int laneCount = phase.lanes().size() + (phase.openLoop() ? 1 : 0);
        interval = LatencyRecorder.newHistograms(laneCount);
        total = LatencyRecorder.newHistograms(laneCount);
        free = new ManyToOneConcurrentArrayQueue<>(Math.max(2, phase.slots()));
        for (int i = 0; i < sessions.size(); i++) {
            recorders.add(new LatencyRecorder(laneCount));
        }
        for (int i = 0; i < phase.slots(); i++) {
            int at = i % sessions.size();
            slots.add(new Slot(this, i, sessions.get(at), recorders.get(at)));
        }
    }

    PhaseResult run() throws InterruptedException {
        long startedAtMs = System.currentTimeMillis();
        long beginNs = System.nanoTime();
        long endNs = phase.durationNs() == 0 ? Long.MAX_VALUE : beginNs + phase.durationNs();
        intervalBeginMs = startedAtMs;
        intervalBeginNs = beginNs;
        lastProgressNs = beginNs;
        Thread starter = new Thread(() -> startAll(beginNs, endNs), "bench-pacer");
        starter.setDaemon(true);
        starter.start();
        waitForEnd(beginNs, endNs, starter);
        starter.join(DRAIN_MAX_NS / 1_000_000);
        closeInterval(beginNs);
        return result(startedAtMs, beginNs);
    }

    private void startAll(long beginNs, long endNs) {
        if (phase.openLoop()) {
            free.addAll(slots);
            pace(beginNs, endNs);
        } else {
            working.addAndGet(slots.size());
            slots.forEach(Slot::drive);
        }
    }

    private void pace(long beginNs, long endNs) {
        double gapNs = 1e9 / phase.rate();
        long lastCallNs = endNs == Long.MAX_VALUE ? Long.MAX_VALUE : endNs + DRAIN_MAX_NS / 3;
        for (long n = 0; phase.total() == 0 || n < phase.total(); n++) {
            long dueNs = beginNs + (long) (n * gapNs);
            if (dueNs >= endNs) {
                return;
            }
            waitUntil(dueNs);
            Slot slot = free.poll();
            while (slot == null && System.nanoTime() < lastCallNs && !enough) {
                LockSupport.parkNanos(PARK_MIN_NS);
                slot = free.poll();
            }
            if (slot == null) {
                unsent = dueBy(endNs, beginNs, gapNs) - n;
                return;
            }
            working.incrementAndGet();
            slot.startDue(n, dueNs);
        }
    }

    private long dueBy(long endNs, long beginNs, double gapNs) {
        long due = endNs == Long.MAX_VALUE ? Long.MAX_VALUE : (long) Math.ceil((endNs - beginNs) / gapNs);
        return phase.total() == 0 ? due : Math.min(due, phase.total());
    }

    private static void waitUntil(long dueNs) {
        for (long left = dueNs - System.nanoTime(); left > 0; left = dueNs - System.nanoTime()) {
            if (left > PARK_MIN_NS) {
                LockSupport.parkNanos(left - PARK_MIN_NS);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    private void waitForEnd(long beginNs, long endNs, Thread starter) throws InterruptedException {
        long drainedByNs = Long.MAX_VALUE;
        while (starter.isAlive() || working.get() > 0) {
            LockSupport.parkNanos(TICK_NS);
            if (Thread.interrupted()) {
                enough = true;
                throw new InterruptedException();
            }
            long nowNs = System.nanoTime();
            if (nowNs - intervalBeginNs >= SECOND_NS) {
                closeInterval(beginNs);
            }
            if (!phase.openLoop() && nowNs >= endNs) {
                enough = true;
            }
            resumeParked();
            boolean paced = phase.openLoop() && !starter.isAlive();
            if (drainedByNs == Long.MAX_VALUE && (enough || paced)) {
                drainedByNs = nowNs + DRAIN_MAX_NS;
            }
            if (nowNs >= drainedByNs || nowNs - lastProgressNs >= STALL_MAX_NS) {
                errors.add(UNANSWERED, working.get());
                enough = true;
                return;
            }
        }
    }

    /** A slot that failed goes on at the next tick: an unreachable server is asked 50 times a second, not a million. */
    private void resumeParked() {
        for (int i = parked.size(); i > 0; i--) {
            Slot slot = parked.poll();
            if (slot != null) {
                slot.drive();
            }
        }
    }

    private void closeInterval(long beginNs) {
        long nowNs = System.nanoTime();
        long nowMs = System.currentTimeMillis();
        interval.forEach(Histogram::reset);
        recorders.forEach(recorder -> recorder.drainTo(interval));
        Histogram all = LatencyRecorder.newHistogram();
        for (int i = 0; i < interval.size(); i++) {
            total.get(i).add(interval.get(i));
            interval.get(i).setStartTimeStamp(intervalBeginMs);
            interval.get(i).setEndTimeStamp(nowMs);
            if (i < phase.lanes().size()) {
                all.add(interval.get(i));
            }
        }
        completed += all.getTotalCount();
        long errorsNow = errors.count();
        if (all.getTotalCount() > 0 || errorsNow > errorsSeen) {
            lastProgressNs = nowNs;
        }
        Sample sample = new Sample(
                (nowNs - beginNs) / 1e9,
                all.getTotalCount() * 1e9 / Math.max(1, nowNs - intervalBeginNs),
                all.getValueAtPercentile(50),
                all.getValueAtPercentile(99),
                all.getMaxValue(),
                errorsNow - errorsSeen);
        if (nowNs - intervalBeginNs >= SAMPLE_MIN_NS || timeline.isEmpty()) {
            timeline.add(sample); // a last moment shorter than that would be drawn as a jump
        }
        errorsSeen = errorsNow;
        intervalBeginNs = nowNs;
        intervalBeginMs = nowMs;
        listener.onSecond(phase, sample, completed, interval);
    }

    private PhaseResult result(long startedAtMs, long beginNs) {
        long lastReplyNs = beginNs;
        long keyCount = 0;
        long byteCount = 0;
        long emptyCount = 0;
        for (Slot slot : slots) {
            lastReplyNs = Math.max(lastReplyNs, slot.lastReplyNs());
            keyCount += slot.keyCount();
            byteCount += slot.byteCount();
            emptyCount += slot.emptyCount();
        }
        Map<String, Histogram> byLane = new LinkedHashMap<>();
        for (int i = 0; i < phase.lanes().size(); i++) {
            byLane.put(phase.lanes().get(i), total.get(i));
        }
        return new PhaseResult(
                startedAtMs,
                (lastReplyNs - beginNs) / 1e9,
                byLane,
                phase.openLoop() ? total.get(total.size() - 1) : LatencyRecorder.newHistogram(),
                List.copyOf(timeline),
                errors.reasons(),
                keyCount,
                byteCount,
                emptyCount,
                unsent);
    }

    Phase phase() {
        return phase;
    }

    ErrorTally errors() {
        return errors;
    }

    /** The number of the next operation, or {@link #NO_TICKET} where the phase has enough. */
    long claim() {
        if (enough) {
            return NO_TICKET;
        }
        long ticket = tickets.getAndIncrement();
        return phase.total() == 0 || ticket < phase.total() ? ticket : NO_TICKET;
    }

    /** The slot of a closed loop has nothing more to do. */
    void retire() {
        working.decrementAndGet();
    }

    /** The slot of a closed loop goes on a little later. */
    void park(Slot slot) {
        parked.add(slot);
    }

    /** The slot of an open loop is free again. */
    void release(Slot slot) {
        free.add(slot);
        working.decrementAndGet();
    }
}
