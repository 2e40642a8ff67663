package io.stele.perf.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * What is known of each lease's time from outside, and so what must hold of its end.
 *
 * <pre>
 *   renewal:   sent ........ carried out ........ answered            the lease's time begins anew somewhere in between
 *
 *   earliest end:  the sending of the last renewal that was answered, and its time to live
 *   latest end:    the answer, or failure, of the last renewal that was sent, or the last change of the leader if that
 *                  was later, for each leader gives all leases all their time; and its time to live, and a grace
 * </pre>
 *
 * <p>Times are those of one clock of this process. What is seen of an end comes after it: so "too early" is certain.
 */
final class LeaseLedger {
    private static final int SHOWN_MAX = 10;

    private final long[] provenNs;
    private final long[] possibleNs;
    private final long[] endedNs;
    private final boolean[] isEnded;
    private final List<String> violations = new ArrayList<>();
    private final Histogram beyond = new Histogram(1_000, TimeUnit.HOURS.toNanos(1), 3);
    private long ttlNs;
    private int endedCount;
    private long unrenewedCount;
    private long violationCount;
    private long term;
    private long ledNs;
    private int leaderChangeCount;

    LeaseLedger(int count) {
        provenNs = new long[count];
        possibleNs = new long[count];
        endedNs = new long[count];
        isEnded = new boolean[count];
    }

    synchronized void ttlNs(long value) {
        ttlNs = value;
    }

    /** It was granted or renewed between these times. */
    synchronized void onRenewed(int lease, long sentNs, long answeredNs) {
        provenNs[lease] = Math.max(provenNs[lease], sentNs);
        possibleNs[lease] = Math.max(possibleNs[lease], answeredNs);
    }

    /** Somebody leads in this term. */
    synchronized void onTerm(long newTerm, long nowNs) {
        if (term != 0 && newTerm > term) {
            ledNs = nowNs;
            leaderChangeCount++;
        }
        term = Math.max(term, newTerm);
    }

    /** Nobody knows whether it was renewed. */
    synchronized void onUnknown(int lease, long failedNs) {
        possibleNs[lease] = Math.max(possibleNs[lease], failedNs);
    }

    /** The server says that there is no such lease, or its key was deleted. */
    synchronized void onEnded(int lease, long nowNs) {
        if (isEnded[lease]) {
            return;
        }
        isEnded[lease] = true;
        endedNs[lease] = nowNs;
        endedCount++;
        long livedNs = nowNs - provenNs[lease];
        if (livedNs < ttlNs) {
            violation(lease, "ended " + ms(ttlNs - livedNs) + " ms too early");
        }
        beyond.recordValue(Math.max(0, Math.min(livedNs - ttlNs, beyond.getHighestTrackableValue())));
    }

    /** Renewals are sent no more: what ended by now did so because none was answered in time, or too early. */
    synchronized void onAbandoned() {
        unrenewedCount = endedCount;
    }

    /** After all is over: none may have lived longer than its time and this grace. */
    synchronized void checkLate(long graceNs) {
        for (int lease = 0; lease < isEnded.length; lease++) {
            long begunNs = leaderChangeCount == 0 ? possibleNs[lease] : Math.max(possibleNs[lease], ledNs);
            long tooLongNs = endedNs[lease] - begunNs - ttlNs - graceNs;
            if (!isEnded[lease]) {
                violation(lease, "has not ended");
            } else if (tooLongNs > 0) {
                violation(lease, "ended " + ms(tooLongNs) + " ms too late");
            }
        }
    }

    private void violation(int lease, String text) {
        violationCount++;
        if (violations.size() < SHOWN_MAX) {
            violations.add("lease " + lease + " " + text);
        }
    }

    private static String ms(long ns) {
        return String.format(Locale.ROOT, "%,d", TimeUnit.NANOSECONDS.toMillis(ns));
    }

    synchronized boolean isEnded(int lease) {
        return isEnded[lease];
    }

    synchronized int endedCount() {
        return endedCount;
    }

    /** Of those that were to be kept alive. */
    synchronized long unrenewedCount() {
        return unrenewedCount;
    }

    synchronized int leaderChangeCount() {
        return leaderChangeCount;
    }

    /** How long after the earliest time that is right each end was seen. */
    synchronized Histogram beyond() {
        return beyond.copy();
    }

    synchronized List<String> violations() {
        List<String> all = new ArrayList<>(violations);
        if (violationCount > violations.size()) {
            all.add(violationCount - violations.size() + " more");
        }
        return all;
    }
}
