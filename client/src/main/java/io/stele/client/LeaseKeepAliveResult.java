package io.stele.client;

/** A lease's time started anew; {@code ttl} in seconds, 0: no such lease. */
public record LeaseKeepAliveResult(Header header, long leaseId, long ttl) {}
