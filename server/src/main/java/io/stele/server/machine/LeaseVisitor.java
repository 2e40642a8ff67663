package io.stele.server.machine;

/** Sees leases, one after the other. */
public interface LeaseVisitor {
    /** The record is only good until the call returns. */
    void onLease(LeaseRecord lease);
}
