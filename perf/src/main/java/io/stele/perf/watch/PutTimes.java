package io.stele.perf.watch;

import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Latencies of puts by what was going on when they were answered. */
final class PutTimes {
    /** What is going on. */
    enum State {
        CALM,
        /** Connections do not read. */
        STALLED,
        /** A leader was killed a moment ago. */
        KILLED
    }

    private final PutLoad load;
    private final Map<State, Histogram> latencies = new EnumMap<>(State.class);
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
    }

    synchronized void killed(boolean value) {
        take();
        killCount += value ? 1 : -1;
    }

    private void take() {
        State state = killCount > 0 ? State.KILLED : isStalled ? State.STALLED : State.CALM;
        latencies.get(state).add(load.takeLatency());
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
