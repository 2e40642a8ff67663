package io.stele.consensus.quorum;

/**
 * The arithmetic of majorities, and of two majorities at once while a membership change is under way.
 *
 * <p>An empty configuration agrees to everything: it commits up to {@link Long#MAX_VALUE} and wins each vote. That
 * makes "not in a joint configuration" the same as a joint one whose second half is empty.
 */
public final class Quorum {
    private Quorum() {}

    /**
     * The highest index that a majority has acknowledged.
     *
     * @param acked what each voter has acknowledged, 0 for nothing; the first {@code count} places get sorted
     */
    public static long committed(long[] acked, int count) {
        if (count == 0) {
            return Long.MAX_VALUE;
        }
        sort(acked, count);
        return acked[(count - 1) / 2]; // so many are below, and a majority is not
    }

    /** The outcome among {@code voters} when so many have granted and so many have refused. */
    public static VoteResult vote(int granted, int refused, int voters) {
        assert granted + refused <= voters;
        int majority = majority(voters);
        if (granted >= majority) {
            return VoteResult.WON;
        }
        return voters - refused < majority ? VoteResult.LOST : VoteResult.PENDING;
    }

    /** Both halves must win; losing one is enough to lose. */
    public static VoteResult joint(VoteResult incoming, VoteResult outgoing) {
        if (incoming == outgoing) {
            return incoming;
        }
        return incoming == VoteResult.LOST || outgoing == VoteResult.LOST ? VoteResult.LOST : VoteResult.PENDING;
    }

    /** How many of so many voters are a majority; none of none. */
    public static int majority(int voters) {
        return voters == 0 ? 0 : voters / 2 + 1;
    }

    /** Insertion sort: a handful of numbers, mostly in order already. */
    private static void sort(long[] values, int count) {
        for (int i = 1; i < count; i++) {
            long value = values[i];
            int at = i;
            while (at > 0 && values[at - 1] > value) {
                values[at] = values[at - 1];
                at--;
            }
            values[at] = value;
        }
    }
}
