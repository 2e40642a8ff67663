package io.stele.server.machine;

import io.stele.transport.RequestFrame;

/** Limits of the state machine, and how much it does at a time. Defaults are etcd's where it has them. */
public final class MachineLimits {
    /** Transactions within transactions, the outermost included. */
    public static final int TXN_DEPTH_MAX = RequestFrame.TXN_DEPTH_MAX;

    /** etcd's largest lease time to live, in seconds. */
    public static final long LEASE_TTL_MAX = 9_000_000_000L;

    /** Seconds that a shorter lease is raised to: the same on all members, for it takes part in apply. */
    public static final long LEASE_TTL_MIN = 2;

    private int requestLengthMax = 1536 * 1024;
    private int txnOperationsMax = 128;
    private int sessionsMax = 1024;
    private int replyLengthMax = 64 * 1024 * 1024;
    private int scanRowsPerSlice = 4096;
    private int sortedRowsMax = 4 * 1024 * 1024;
    private int countedChangesMax = 8192;
    private String clusterVersion = "3.7.0";

    /** Bytes of a request that is proposed: etcd's {@code --max-request-bytes}. */
    public MachineLimits requestLengthMax(int length) {
        requestLengthMax = length;
        return this;
    }

    /** Compares, or operations of one branch, of a transaction: etcd's {@code --max-txn-ops}. */
    public MachineLimits txnOperationsMax(int operations) {
        txnOperationsMax = operations;
        return this;
    }

    /** Client sessions that are remembered. The same on all members, for it takes part in apply. */
    public MachineLimits sessionsMax(int sessions) {
        sessionsMax = sessions;
        return this;
    }

    /** Bytes of a reply that has to be built in one piece: to a transaction, or to a deletion with previous pairs. */
    public MachineLimits replyLengthMax(int length) {
        replyLengthMax = length;
        return this;
    }

    /** Rows that one slice of a range looks at, whether it delivers them or not. */
    public MachineLimits scanRowsPerSlice(int rows) {
        scanRowsPerSlice = rows;
        return this;
    }

    /** Rows that all ranges under way in another order than the keys' may have, before their limits are applied. */
    public MachineLimits sortedRowsMax(int rows) {
        sortedRowsMax = rows;
        return this;
    }

    /** Changes since an old revision that are undone to count its keys; beyond, the keys are counted one by one. */
    public MachineLimits countedChangesMax(int changes) {
        countedChangesMax = changes;
        return this;
    }

    /** The etcd that all members speak, as major.minor.patch. */
    public MachineLimits clusterVersion(String version) {
        clusterVersion = version;
        return this;
    }

    public String clusterVersion() {
        return clusterVersion;
    }

    public int requestLengthMax() {
        return requestLengthMax;
    }

    public int txnOperationsMax() {
        return txnOperationsMax;
    }

    public int sessionsMax() {
        return sessionsMax;
    }

    public int replyLengthMax() {
        return replyLengthMax;
    }

    public int scanRowsPerSlice() {
        return scanRowsPerSlice;
    }

    public int countedChangesMax() {
        return countedChangesMax;
    }

    public int sortedRowsMax() {
        return sortedRowsMax;
    }
}
