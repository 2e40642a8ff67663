package io.stele.server.node;

import org.HdrHistogram.Histogram;

/**
 * What the node counts, written by its thread only. Histograms are of fixed size and record without allocating.
 *
 * <p>Latencies are in nanoseconds.
 */
public final class NodeCounters {
    private static final long LATENCY_NS_MAX = 60_000_000_000L;
    private static final int DIGITS = 2;

    private final Histogram cycles = new Histogram(1_000, LATENCY_NS_MAX, DIGITS);
    private final Histogram proposals = new Histogram(1_000, LATENCY_NS_MAX, DIGITS);
    private final Durations checkpoints = new Durations();
    private long connectionCount;
    private long rangeCount;
    private long leaderChangeCount;
    private long failedProposalCount;
    private long failedReadIndexCount;
    private long leaseRenewalCount;
    private long lastLeaderId;
    private long appliedCount;

    NodeCounters() {}

    void onCycle(long gapNs) {
        cycles.recordValue(Math.min(Math.max(gapNs, 0), LATENCY_NS_MAX));
    }

    void onApplied(long sinceProposedNs) {
        appliedCount++;
        proposals.recordValue(Math.min(Math.max(sinceProposedNs, 0), LATENCY_NS_MAX));
    }

    void onConnected() {
        connectionCount++;
    }

    void onDisconnected() {
        connectionCount--;
    }

    void onRange() {
        rangeCount++;
    }

    /** Who leads now, or 0. */
    void onLeader(long leaderId) {
        if (leaderId != 0 && leaderId != lastLeaderId) {
            lastLeaderId = leaderId;
            leaderChangeCount++;
        }
    }

    void onProposalFailed() {
        failedProposalCount++;
    }

    void onReadIndexFailed() {
        failedReadIndexCount++;
    }

    void onLeaseRenewed() {
        leaseRenewalCount++;
    }

    void onCheckpoint(long ns) {
        checkpoints.record(ns);
    }

    Durations checkpoints() {
        return checkpoints;
    }

    long rangeCount() {
        return rangeCount;
    }

    long leaderChangeCount() {
        return leaderChangeCount;
    }

    long failedProposalCount() {
        return failedProposalCount;
    }

    long failedReadIndexCount() {
        return failedReadIndexCount;
    }

    long leaseRenewalCount() {
        return leaseRenewalCount;
    }

    public long connectionCount() {
        return connectionCount;
    }

    /** Writes of this node's clients that were applied. */
    public long appliedCount() {
        return appliedCount;
    }

    /** From taken up to applied, for the writes of this node's clients. */
    public Histogram proposals() {
        return proposals;
    }

    /** From one duty cycle to the next: what everything else waits for. */
    public Histogram cycles() {
        return cycles;
    }
}
