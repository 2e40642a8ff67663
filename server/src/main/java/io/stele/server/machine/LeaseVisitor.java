package io.stele.server.machine;

/** Sees every lease once, with what was granted. */
public interface LeaseVisitor {
    /**
     * Called for each lease; {@code grantedIndex} is the log index of its grant, which tells two leases apart that had
     * the same id.
     */
    void onLease(long leaseId, long ttl, long grantedIndex);
}
