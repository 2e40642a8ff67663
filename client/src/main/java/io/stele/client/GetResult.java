package io.stele.client;

import java.util.List;

/** Outcome of a get: {@code count} is that of the keys in the range, whatever limit and filters left out. */
public record GetResult(Header header, List<KeyValue> pairs, long count, boolean more) implements OpResult {

    /** The first pair, null if there is none. */
    public KeyValue first() {
        return pairs.isEmpty() ? null : pairs.get(0);
    }
}
