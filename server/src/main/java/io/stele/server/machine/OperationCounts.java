package io.stele.server.machine;

/** What was done to the key space since this state came to be here; no part of it. */
public final class OperationCounts {
    long puts;
    long putBytes;
    long deletes;
    long txns;
    long leasesGranted;
    long leasesRevoked;
    long leasesExpired;

    public long puts() {
        return puts;
    }

    /** Keys and values. */
    public long putBytes() {
        return putBytes;
    }

    /** Keys. */
    public long deletes() {
        return deletes;
    }

    public long txns() {
        return txns;
    }

    public long leasesGranted() {
        return leasesGranted;
    }

    public long leasesRevoked() {
        return leasesRevoked;
    }

    public long leasesExpired() {
        return leasesExpired;
    }
}
