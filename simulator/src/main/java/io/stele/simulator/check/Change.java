package io.stele.simulator.check;

import java.util.Arrays;

/**
 * One change of one key, as somebody who watches it has to hear of it.
 *
 * @param createRevision 0 for a deletion, like version and lease
 * @param previous the pair as it was in the revision before; null if there was none
 */
@SuppressWarnings("ArrayRecordComponent") // compared field by field
public record Change(
        long revision, byte[] key, long createRevision, long version, long lease, byte[] value, Change previous) {
    public boolean isDeletion() {
        return version == 0;
    }

    /** Whether the pair after the change is the same; what was before is another matter. */
    public boolean isSamePair(Change other) {
        return revision == other.revision
                && createRevision == other.createRevision
                && version == other.version
                && lease == other.lease
                && Arrays.equals(key, other.key)
                && Arrays.equals(value, other.value);
    }
}
