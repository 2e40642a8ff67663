package io.stele.client;

import java.util.List;

/** Outcome of a deletion: how many keys there were, and the pairs if they were asked for. */
public record DeleteResult(Header header, long deleted, List<KeyValue> previous) implements OpResult {}
