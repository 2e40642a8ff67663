package io.stele.simulator;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;

/** Counts situations met and work done, over one run or a campaign. */
public final class Coverage {
    private final EnumMap<Sometimes, Long> counts = new EnumMap<>(Sometimes.class);
    private long runCount;
    private long crashCount;
    private long faultCount;
    private long entryCount;
    private long answerCount;
    private long eventCount;
    private long portCallCount;
    private long stepCount;
    private long simulatedNs;

    public void note(Sometimes situation) {
        counts.merge(situation, 1L, Long::sum);
    }

    public void run(long steps, long nanos) {
        runCount++;
        stepCount += steps;
        simulatedNs += nanos;
    }

    public void crash() {
        crashCount++;
    }

    public void fault() {
        faultCount++;
    }

    public void portCall() {
        portCallCount++;
    }

    /** A log entry was compared with the reference model. */
    public void entry() {
        entryCount++;
    }

    /** An answer was compared with the reference model. */
    public void answer() {
        answerCount++;
    }

    /** So many events of a watch were compared with the reference model's. */
    public void event(int count) {
        eventCount += count;
    }

    public void add(Coverage other) {
        other.counts.forEach((situation, count) -> counts.merge(situation, count, Long::sum));
        runCount += other.runCount;
        crashCount += other.crashCount;
        faultCount += other.faultCount;
        entryCount += other.entryCount;
        answerCount += other.answerCount;
        eventCount += other.eventCount;
        portCallCount += other.portCallCount;
        stepCount += other.stepCount;
        simulatedNs += other.simulatedNs;
    }

    public long count(Sometimes situation) {
        return counts.getOrDefault(situation, 0L);
    }

    /** Situations that such runs have to meet and never did. */
    public List<Sometimes> never(Sometimes.Scope scope) {
        List<Sometimes> never = new ArrayList<>();
        for (Sometimes situation : Sometimes.values()) {
            if (situation.isIn(scope) && count(situation) == 0) {
                never.add(situation);
            }
        }
        return never;
    }

    public long runCount() {
        return runCount;
    }

    public long crashCount() {
        return crashCount;
    }

    public long faultCount() {
        return faultCount;
    }

    public long entryCount() {
        return entryCount;
    }

    public long answerCount() {
        return answerCount;
    }

    public long eventCount() {
        return eventCount;
    }

    public long portCallCount() {
        return portCallCount;
    }

    public long stepCount() {
        return stepCount;
    }

    public long simulatedNs() {
        return simulatedNs;
    }
}
