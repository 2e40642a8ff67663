package io.stele.perf.lease;

import io.stele.perf.process.Standstills;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.agrona.collections.LongArrayList;

/**
 * What is known of each lease's time from outside, and so what must hold of its end.
 *
 * <pre>
 *   renewal:   sent ........ carried out ........ answered            the lease's time begins anew somewhere in between
 *
 *   earliest end:  the sending of the last renewal that was answered, and its time to live
 *   latest end:    the answer, or failure, of the last renewal that was sent, or the last change of the leader before
 *                  the end if that was later, for each leader gives all leases all their time; and its time to live,
 *                  and a grace, and what everything stood still since then (see {@link Standstills})
 * </pre>
 *
 * <p>Times are those of one clock of this process. What is seen of an end comes after it: so "too early" is certain. A
 * change of the leader is when it was seen, which is after it, too: so the leader must be asked for once more before
 * the ends are judged, else an end right after a change that was not seen yet passes for a late one.
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
    private final LongArrayList ledNs = new LongArrayList();
    private final Standstills standstills;

    LeaseLedger(int count, Standstills standstills) {
        this.standstills = standstills;
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
            ledNs.addLong(nowNs);
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
            if (!isEnded[lease]) {
                violation(lease, "has not ended");
            } else {
                checkLate(lease, graceNs);
            }
        }
    }

    private void checkLate(int lease, long graceNs) {
        long endNs = endedNs[lease];
        long ledBeforeNs = ledBefore(endNs);
        long begunNs = Math.max(possibleNs[lease], ledBeforeNs);
        long stoodNs = standstills.within(begunNs, endNs);
        long tooLongNs = endNs - begunNs - ttlNs - graceNs - stoodNs;
        if (tooLongNs > 0) {
            String led = ledBeforeNs == Long.MIN_VALUE ? "" : ", the leader had changed " + ms(endNs - ledBeforeNs);
            violation(
                    lease,
                    "ended " + ms(tooLongNs) + " ms too late: it was renewed " + ms(endNs - possibleNs[lease]) + led
                            + " ms before");
        }
    }

    /** The last change of the leader before that; the beginning of time if there was none. */
    private long ledBefore(long timeNs) {
        long before = Long.MIN_VALUE;
        for (int i = 0; i < ledNs.size() && ledNs.getLong(i) <= timeNs; i++) {
            before = ledNs.getLong(i);
        }
        return before;
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
        return ledNs.size();
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
