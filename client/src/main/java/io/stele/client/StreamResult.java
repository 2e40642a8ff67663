package io.stele.client;

/** End of a streamed range, whose pairs have been delivered. */
public record StreamResult(Header header, long count, boolean more) {}
