package io.stele.transport.source;

/**
 * The content of another store, as of one revision, to be taken over. Leases come first and are as of now: one that is
 * granted between the two is told of by {@link Keys#onKey} alone, and asked for by {@link #lease}.
 *
 * <p>What goes wrong is a {@link KeySourceException}.
 */
public interface KeySource extends AutoCloseable {
    /** What it is, for people. */
    String description();

    /** The revision that is read. */
    long revision();

    /** How many keys there were at it. */
    long keyCount();

    /** Tells of all leases. */
    void leases(Leases leases);

    /** Tells of one lease; of none if it is gone. */
    void lease(long leaseId, Leases leases);

    /** Tells of the next keys, in order; false when all have been told of. */
    boolean next(Keys keys);

    @Override
    void close();

    /** Is told of leases. */
    interface Leases {
        /**
         * One lease.
         *
         * @param grantedSeconds what it was granted for
         * @param remainingSeconds what it has left
         */
        void onLease(long leaseId, long grantedSeconds, long remainingSeconds);
    }

    /** Is told of keys. */
    interface Keys {
        void onKey(SourceKey key);
    }
}
