package io.stele.client;

/** A lease and its keys are gone. */
public record LeaseRevokeResult(Header header) {}
