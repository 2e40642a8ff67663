package io.stele.perf.load;

import java.util.List;
import org.HdrHistogram.Histogram;

/** Told about every second of a phase while it runs. */
@FunctionalInterface
public interface PhaseListener {
    /** Nobody listens. */
    PhaseListener NONE = (phase, sample, completed, lanes) -> {};

    /**
     * A second has passed.
     *
     * @param phase     the phase under way.
     * @param sample    what the second was like.
     * @param completed operations done since the phase began.
     * @param lanes     the second's latencies by lane, with start and end stamps; valid during the call.
     */
    void onSecond(Phase phase, Sample sample, long completed, List<Histogram> lanes);
}
