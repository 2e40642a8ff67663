package io.stele.perf.crash;

import org.HdrHistogram.Histogram;

/**
 * What was measured.
 *
 * @param putsWhole times of puts while all members were there
 * @param putsWithout while the one was away
 * @param putsBeside while it came back: from its start until it was as far as the others
 * @param rejoinNs how long that took
 * @param stateBytes of the page file of the member that came back
 * @param isBySnapshot whether it was brought up to date by a snapshot, and not by the log
 * @param isEqual whether all members have the same pairs and the same history in the end
 */
public record RejoinResult(
        Histogram putsWhole,
        Histogram putsWithout,
        Histogram putsBeside,
        long rejoinNs,
        long stateBytes,
        boolean isBySnapshot,
        boolean isEqual) {}
