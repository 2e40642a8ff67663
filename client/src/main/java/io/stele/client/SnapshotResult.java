package io.stele.client;

/** The whole snapshot has been delivered: so many bytes, of the state at the header's revision. */
public record SnapshotResult(Header header, long length) {}
