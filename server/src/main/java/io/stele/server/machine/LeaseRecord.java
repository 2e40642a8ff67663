package io.stele.server.machine;

/** What the replicated state knows of one lease. Reusable. Times are in seconds. */
public final class LeaseRecord {
    long leaseId;
    long ttl;
    long grantedIndex;
    long remaining;
    long epoch;

    public long leaseId() {
        return leaseId;
    }

    /** What it was granted for. */
    public long ttl() {
        return ttl;
    }

    /** Log index of its grant, which tells two leases apart that had the same id. */
    public long grantedIndex() {
        return grantedIndex;
    }

    /** What a leader that knows nothing else gives it: what the last checkpoint left it, or all that was granted. */
    public long remaining() {
        return remaining;
    }

    /** Log index of what was last said of it: its grant or a checkpoint. */
    public long epoch() {
        return epoch;
    }

    /** All of it but the id in one number, for the state's digest. */
    long digest() {
        return epoch == grantedIndex ? ttl : (ttl * 31 + remaining) * 0x9E3779B97F4A7C15L + epoch;
    }
}
