package io.stele.client;

/** Hears what becomes of a lease that is kept alive. Called by threads of the client: must not block. */
public interface LeaseListener {
    /** Its time has begun anew, in seconds. */
    default void onRenewed(long ttl) {}

    /** It has ended, or nobody here can say any more that it has not: what hangs on it may be gone. Called once. */
    void onLost(String why);
}
