package io.stele.perf.watch;

import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Latencies of puts by what was going on when they were answered. */
final class PutTimes {
    /** What is going on. */
    enum State {
        CALM,
        /** Nothing, but something was before that may not be over: first calls, or watchers that catch up. */
        AFTERMATH,
        /** Connections do not read. */
        STALLED,
        /** A leader was killed a moment ago. */
        KILLED
    }

    private final PutLoad load;
    private final Map<State, Histogram> latencies = new EnumMap<>(State.class);
    private boolean hasStalled;
    private boolean isStalled;
    private int killCount;

    PutTimes(PutLoad load) {
        this.load = load;
        for (State state : State.values()) {
            latencies.put(state, PutLoad.newHistogram());
        }
    }

    synchronized void stalled(boolean value) {
        take();
        isStalled = value;
        hasStalled |= value;
    }

    synchronized void killed(boolean value) {
        take();
        killCount += value ? 1 : -1;
    }

    private void take() {
        latencies.get(state()).add(load.takeLatency());
    }

    private State state() {
        if (killCount > 0) {
            return State.KILLED;
        }
        return isStalled ? State.STALLED : hasStalled ? State.AFTERMATH : State.CALM;
    }

    /** Everything is warm: what was calm so far is not what others are measured by. */
    synchronized void warm() {
        latencies.get(State.AFTERMATH).add(begin(State.CALM));
    }

    /** Those of a state so far; from here on they are counted anew. */
    synchronized Histogram begin(State state) {
        take();
        return latencies.put(state, PutLoad.newHistogram());
    }

    /** Those of a state so far. */
    synchronized Histogram of(State state) {
        take();
        return latencies.get(state).copy();
    }
}
