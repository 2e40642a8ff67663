package io.stele.perf.crash;

import java.time.Duration;

/**
 * A member is away until it needs the whole state.
 *
 * @param members of the cluster
 * @param stateBytes of values that the state holds when the member comes back
 * @param missedBytes how many of them were put while it was away
 * @param valueLength bytes of each
 * @param putsPerSecond beside the measured phases
 * @param phase how long puts are measured before
 */
public record RejoinPlan(
        int members, long stateBytes, long missedBytes, int valueLength, int putsPerSecond, Duration phase) {
    /** How many values the state holds in the end. */
    long values() {
        return stateBytes / valueLength;
    }

    /** How many of them the member has when it goes. */
    long valuesBefore() {
        return Math.max(0, stateBytes - missedBytes) / valueLength;
    }
}
