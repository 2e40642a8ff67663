package io.stele.client;

import java.util.List;

/** Seconds that a lease has left (-1: no such lease) and was granted; its keys if they were asked for. */
public record LeaseTimeToLiveResult(Header header, long leaseId, long ttl, long grantedTtl, List<Bytes> keys) {}
