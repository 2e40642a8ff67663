package io.stele.perf.crash;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * What was measured.
 *
 * @param putsWhole times of puts while all members were there
 * @param putsWithout while the one was away
 * @param putsStarting while its process started, until it served
 * @param putsReceiving from then on, until it was as far as the others
 * @param rejoined how long that took, and what it cost
 * @param stateBytes of the page file of the member that came back
 * @param isBySnapshot whether it was brought up to date by a snapshot, and not by the log
 * @param isEqual whether all members have the same pairs and the same history in the end
 */
public record RejoinResult(
        Histogram putsWhole,
        Histogram putsWithout,
        Histogram putsStarting,
        Histogram putsReceiving,
        Rejoined rejoined,
        long stateBytes,
        boolean isBySnapshot,
        boolean isEqual) {
    private static final double P99 = 99;

    /**
     * The way back.
     *
     * @param startNs until the process served
     * @param ns until the member was as far as the others
     * @param leaderBytes memory of the leader at its highest, without what only caches files
     * @param memberBytes likewise of the member that came back
     */
    public record Rejoined(long startNs, long ns, long leaderBytes, long memberBytes) {}

    /** Puts while it came back, from its start until it was as far as the others. */
    public Histogram putsBeside() {
        Histogram all = putsStarting.copy();
        all.add(putsReceiving);
        return all;
    }

    /** How many times as long 99 of 100 puts took while the member came back as while all were there. */
    public double p99Ratio() {
        return (double) putsBeside().getValueAtPercentile(P99) / Math.max(1, putsWhole.getValueAtPercentile(P99));
    }

    /** Bytes of the state that came in a second, the start of the process left out. */
    public double bytesPerSecond() {
        return (double) stateBytes / Math.max(1, rejoined.ns - rejoined.startNs) * TimeUnit.SECONDS.toNanos(1);
    }
}
