package io.stele.client;

/** Space is being given back, as it always is. */
public record DefragmentResult(Header header) {}
