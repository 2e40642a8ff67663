package io.stele.client;

/** Outcome of a put. {@code previous} is null unless it was asked for and there was one. */
public record PutResult(Header header, KeyValue previous) implements OpResult {}
