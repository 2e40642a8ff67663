package io.stele.server.node;

import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongHashSet;

/**
 * What other members have said of the configurations that they have applied: for one which is so far behind that it
 * counts on members that were removed meanwhile, and have gone. It has its vote in the newest configuration without
 * knowing that, and nobody there could be elected without it.
 *
 * <p>Who has applied a configuration has all that was committed before it in the log, so nothing that the member may
 * have forgotten is needed from it: as with its own configuration, it is enough that it is met by those with whom it
 * makes up a quorum.
 */
final class Standings {
    private record Standing(long appliedIndex, long memberDigest, int voterCount) {}

    private final Long2ObjectHashMap<Standing> standings = new Long2ObjectHashMap<>();

    /** {@code voterCount}: 0 if the member is no voter. */
    void put(long memberId, long appliedIndex, long memberDigest, int voterCount) {
        standings.put(memberId, new Standing(appliedIndex, memberDigest, voterCount));
    }

    /**
     * Whether this member, which has applied so much, makes up a quorum with those who have met it, in the newest
     * configuration that one of them has.
     */
    boolean isMetByQuorum(LongHashSet metBy, long appliedIndex) {
        Standing newest = null;
        for (long memberId : metBy) {
            Standing standing = standings.get(memberId);
            if (standing != null && standing.voterCount > 0 && standing.appliedIndex > appliedIndex) {
                newest = newest == null || standing.appliedIndex > newest.appliedIndex ? standing : newest;
            }
        }
        return newest != null && votersOf(newest, metBy) >= newest.voterCount / 2;
    }

    /** Those of whom it is known that they are voters of the very same configuration. */
    private int votersOf(Standing newest, LongHashSet metBy) {
        int count = 0;
        for (long memberId : metBy) {
            Standing standing = standings.get(memberId);
            boolean isSame = standing != null && standing.memberDigest == newest.memberDigest;
            count += isSame && standing.voterCount > 0 ? 1 : 0;
        }
        return count;
    }
}
