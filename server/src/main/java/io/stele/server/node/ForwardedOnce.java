package io.stele.server.node;

import java.util.Arrays;

/**
 * Which requests one member has forwarded here in its present life, so that a frame that the network repeats does
 * nothing: the peer port does not promise that it never does.
 *
 * <pre>
 *     ids:   ... forgotten: refused | ......... WINDOW ids, a bit each ......... | not seen yet: taken
 *                                                                       newest ^
 * </pre>
 *
 * <p>A member counts its requests up and has fewer under way than the window is wide, so one from behind the window is
 * a repetition, or so late that its sender has given it up.
 */
final class ForwardedOnce {
    static final int WINDOW = 4 * ForwardedRequests.UNDER_WAY_MAX;

    private static final int MASK = WINDOW - 1;

    private final long[] seen = new long[WINDOW / Long.SIZE];
    private long bootId;
    private long newest;

    /** Whether this request has not been seen before; from now on it has. */
    boolean isFirst(long senderBootId, long requestId) {
        if (senderBootId != bootId) {
            bootId = senderBootId;
            newest = 0;
            Arrays.fill(seen, 0);
        }
        if (requestId <= newest - WINDOW || requestId <= 0) {
            return false;
        }
        if (requestId > newest) {
            forget(requestId);
            newest = requestId;
        }
        int word = (int) (requestId & MASK) / Long.SIZE;
        long bit = 1L << requestId;
        boolean isFirst = (seen[word] & bit) == 0;
        seen[word] |= bit;
        return isFirst;
    }

    /** The places of those between the newest and this one belonged to others, a window earlier. */
    private void forget(long upTo) {
        long from = Math.max(newest, upTo - WINDOW);
        for (long id = from + 1; id <= upTo; id++) {
            seen[(int) (id & MASK) / Long.SIZE] &= ~(1L << id);
        }
    }
}
