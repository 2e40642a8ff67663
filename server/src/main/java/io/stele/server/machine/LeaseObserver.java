package io.stele.server.machine;

/**
 * Is told what entries do to leases, as they are applied; the leader's timers listen here. What it does must not come
 * back to the state machine.
 */
public interface LeaseObserver {
    /** Nobody is interested. */
    LeaseObserver NONE = new LeaseObserver() {
        @Override
        public void onGranted(LeaseRecord lease) {}

        @Override
        public void onCheckpointed(LeaseRecord lease) {}

        @Override
        public void onEnded(long leaseId) {}

        @Override
        public void onExpiryRefused(long leaseId) {}

        @Override
        public long msLeft(LeaseRecord lease) {
            return SECOND_MS * lease.remaining();
        }
    };

    long SECOND_MS = 1000;

    /** A new lease. */
    void onGranted(LeaseRecord lease);

    /** It has an epoch and a remaining time that it did not have. */
    void onCheckpointed(LeaseRecord lease);

    /** It is gone, and its keys: revoked or expired. */
    void onEnded(long leaseId);

    /** The proposal to end it came too late or is not from who leads now: the lease, if it exists, lives on. */
    void onExpiryRefused(long leaseId);

    /** What a lease has left, as far as is known here: leases are listed in this order, and change nothing by it. */
    long msLeft(LeaseRecord lease);
}
