package io.stele.client;

/** A lease exists; {@code ttl} in seconds as raised to the server's minimum. */
public record LeaseGrantResult(Header header, long leaseId, long ttl) {}
