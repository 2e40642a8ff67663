package io.stele.client;

/** A compaction was accepted, or, if that was asked for, is done. */
public record CompactResult(Header header) {}
