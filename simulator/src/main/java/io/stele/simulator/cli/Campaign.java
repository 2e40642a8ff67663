package io.stele.simulator.cli;

import io.stele.simulator.Coverage;
import io.stele.simulator.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Many runs, on several threads, until one violates a check, the last is done or the time is over. */
final class Campaign {
    private static final long REPORT_S_MAX = 60;
    private static final long PROGRESS_NS = 1_000_000_000L;
    private static final long PROGRESS_WITHOUT_TERMINAL_NS = 30_000_000_000L;

    private final int threadCount;
    private final long durationNsMax;
    private final Coverage total = new Coverage();
    private final AtomicLong next = new AtomicLong();
    private final CountDownLatch reported = new CountDownLatch(1);
    private volatile Verdict bad;
    private volatile long badNumber;
    private volatile int badCount;
    private volatile RuntimeException failure;
    private volatile boolean isStopped;

    Campaign(int threadCount, long durationNsMax) {
        this.threadCount = Math.max(1, threadCount);
        this.durationNsMax = durationNsMax;
    }

    /** Runs the numbers from {@code first} to {@code last}; returns the exit code. Who interrupts it gets a report. */
    int run(Series series, long first, long last, boolean ledger) throws InterruptedException {
        Report report = new Report(series.what() + "s " + first + "..", series.options(), series.scope());
        Thread hook = new Thread(this::stopEarly, "runs-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        long startNs = System.nanoTime();
        next.set(first);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < threadCount; i++) {
            Thread thread = new Thread(() -> work(last, series, startNs), "runs-" + i);
            thread.start();
            threads.add(thread);
        }
        try {
            watch(threads, first, last, series.what(), startNs);
            double seconds = (System.nanoTime() - startNs) / 1e9;
            long done = Math.min(next.get(), last == Long.MAX_VALUE ? last : last + 1) - 1;
            Report.met(total);
            report.neverMet(total);
            System.out.println(report.ledgerLine(total, done, badCount, seconds));
            if (ledger) {
                report.appendToLedger(total, done, badCount, seconds);
            }
        } finally {
            reported.countDown();
        }
        if (failure != null) {
            throw new IllegalStateException("a run has failed, which says nothing about what it was to check", failure);
        }
        if (bad == null) {
            return 0;
        }
        Report.violation(bad, series.replay().apply(badNumber));
        return 1;
    }

    /** On SIGINT and SIGTERM: the runs under way are the last. */
    private void stopEarly() {
        isStopped = true;
        try {
            reported.await(REPORT_S_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void work(long last, Series series, long startNs) {
        while (bad == null && failure == null && !isStopped && System.nanoTime() - startNs < durationNsMax) {
            long number = next.getAndIncrement();
            if (number > last) {
                return;
            }
            Verdict verdict;
            try {
                verdict = series.run().apply(number);
            } catch (RuntimeException | AssertionError e) {
                failure = new IllegalStateException("number " + number, e);
                return;
            }
            synchronized (total) {
                total.add(verdict.coverage());
                if (!verdict.isGood()) {
                    badCount++;
                    if (bad == null) {
                        badNumber = number;
                        bad = verdict;
                    }
                }
            }
        }
    }

    private void watch(List<Thread> threads, long first, long last, String what, long startNs)
            throws InterruptedException {
        boolean hasTerminal = Boolean.getBoolean("stele.sim.terminal"); // the launcher knows; Java 17 cannot ask
        long everyNs = hasTerminal ? PROGRESS_NS : PROGRESS_WITHOUT_TERMINAL_NS;
        long lastNs = startNs;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                thread.join(100);
                if (System.nanoTime() - lastNs >= everyNs) {
                    lastNs = System.nanoTime();
                    progress(first, last, what, (lastNs - startNs) / 1e9, hasTerminal);
                }
            }
        }
        if (hasTerminal) {
            System.err.print("\r\033[K");
        }
    }

    private void progress(long first, long last, String what, double seconds, boolean hasTerminal) {
        String line;
        synchronized (total) {
            String of = last == Long.MAX_VALUE ? "" : " of " + (last - first + 1);
            line = String.format(
                    "%,d%s %ss  %.0f s  %.2f h simulated  %,d entries, %,d answers, %,d events checked  %,d crashes",
                    total.runCount(),
                    of,
                    what,
                    seconds,
                    total.simulatedNs() / 3.6e12,
                    total.entryCount(),
                    total.answerCount(),
                    total.eventCount(),
                    total.crashCount());
        }
        System.err.print(hasTerminal ? "\r\033[K" + line : line + System.lineSeparator());
        System.err.flush();
    }
}
