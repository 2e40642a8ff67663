package io.stele.perf.fencing;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What came of it.
 *
 * @param pauses of a holder's process
 * @param believed late writes before which the holder was still told that its lease lives
 * @param guarded late writes refused where the lock is a condition of the write in the store
 * @param unguarded late writes that went through where the store is asked for nothing
 * @param tokened late writes refused by a resource outside of the store that looks at tokens
 * @param untokened late writes that went through where tokens are not looked at
 * @param handovers from the beginning of the pause to the lock in other hands
 * @param violations what a guarded resource should never have, and what could not be shown
 */
public record FencingResult(
        int pauses,
        int believed,
        int guarded,
        int unguarded,
        int tokened,
        int untokened,
        Histogram handovers,
        List<String> violations) {}
