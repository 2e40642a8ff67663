package io.stele.client;

/** Another member leads now. */
public record MoveLeaderResult(Header header) {}
