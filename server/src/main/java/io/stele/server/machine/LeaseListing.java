package io.stele.server.machine;

import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * Leases in the order in which they end, as etcd lists them; those that end together by their ids' bits.
 *
 * <pre>
 *   order:  | milliseconds left, at most 2^39 - 1 (17 years) | place in which it was added |     sorted as numbers
 *             39 bits                                          24 bits
 * </pre>
 */
final class LeaseListing {
    private static final int PLACE_BITS = 24;
    private static final long MS_LEFT_MAX = (1L << (63 - PLACE_BITS)) - 1;
    private static final int COUNT_MAX = 1 << PLACE_BITS;

    private final long[] leaseIds;
    private final long[] order;
    private int count;

    LeaseListing(int capacity) {
        leaseIds = new long[capacity];
        order = new long[capacity];
    }

    void add(long leaseId, long msLeft) {
        leaseIds[count] = leaseId;
        // With more than 16 million leases those beyond come last, in the order of their ids.
        long rank = count < COUNT_MAX ? Math.max(0, Math.min(msLeft, MS_LEFT_MAX)) << PLACE_BITS | count : count;
        order[count++] = rank;
    }

    void inOrder(LongConsumer leases) {
        int sortedCount = Math.min(count, COUNT_MAX);
        Arrays.sort(order, 0, sortedCount);
        for (int i = 0; i < sortedCount; i++) {
            leases.accept(leaseIds[(int) order[i] & (COUNT_MAX - 1)]);
        }
        for (int i = sortedCount; i < count; i++) {
            leases.accept(leaseIds[i]);
        }
    }
}
