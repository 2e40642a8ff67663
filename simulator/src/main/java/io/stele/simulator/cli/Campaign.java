package io.stele.simulator.cli;

import io.stele.simulator.Coverage;
import io.stele.simulator.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Many runs, on several threads, until one violates a check, the last is done or the time is over. */
final class Campaign {
    private static final long PROGRESS_NS = 1_000_000_000L;
    private static final long PROGRESS_WITHOUT_TERMINAL_NS = 30_000_000_000L;

    private final int threadCount;
    private final long durationNsMax;
    private final Coverage total = new Coverage();
    private final AtomicLong next = new AtomicLong();
    private volatile Verdict bad;
    private volatile long badNumber;

    Campaign(int threadCount, long durationNsMax) {
        this.threadCount = Math.max(1, threadCount);
        this.durationNsMax = durationNsMax;
    }

    /** Runs the numbers from {@code first} to {@code last}; returns the exit code. */
    int run(Series series, long first, long last, boolean ledger) throws InterruptedException {
        long startNs = System.nanoTime();
        next.set(first);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < threadCount; i++) {
            Thread thread = new Thread(() -> work(last, series, startNs), "runs-" + i);
            thread.start();
            threads.add(thread);
        }
        watch(threads, first, last, series.what(), startNs);
        double seconds = (System.nanoTime() - startNs) / 1e9;
        long done = Math.min(next.get(), last == Long.MAX_VALUE ? last : last + 1) - 1;
        Report report = new Report(series.what() + "s " + first + ".." + done, series.options(), series.scope());
        Report.met(total);
        report.neverMet(total);
        System.out.println(report.ledgerLine(total, bad == null ? 0 : 1, seconds));
        if (ledger) {
            report.appendToLedger(total, bad == null ? 0 : 1, seconds);
        }
        if (bad == null) {
            return 0;
        }
        Report.violation(bad, series.replay().apply(badNumber));
        return 1;
    }

    private void work(long last, Series series, long startNs) {
        while (bad == null && System.nanoTime() - startNs < durationNsMax) {
            long number = next.getAndIncrement();
            if (number > last) {
                return;
            }
            Verdict verdict = series.run().apply(number);
            synchronized (total) {
                total.add(verdict.coverage());
                if (!verdict.isGood() && bad == null) {
                    badNumber = number;
                    bad = verdict;
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
