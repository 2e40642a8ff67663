package io.stele.consensus.log;

import org.agrona.DirectBuffer;
import org.agrona.collections.LongArrayList;

/**
 * The log as the algorithm sees it: what the {@link LogReader} has, continued by what is not yet handed over.
 *
 * <pre>
 *   released   |            LogReader                 |   UnstableLog   |
 *   -----------+--------------------------------------+-----------------+
 *              ^ first      ^ applied  ^ committed           last ^
 *                                        ^ durable
 * </pre>
 *
 * <p>Invariants: {@code applied <= handed <= min(committed, durable)} and {@code committed <= last}. {@code committed}
 * may pass {@code durable} on a follower: a quorum of others has the entry. Nothing is applied before it is durable
 * here, so a restart never finds a state machine ahead of its log.
 *
 * <p>Durability reports carry an <em>epoch</em>, which changes whenever entries that were handed over are cut off. A
 * sync that began before the cut may report an index whose entry has been replaced meanwhile, even by one with the
 * same term as before; such a report is ignored, for the sync of the replacement is still to come.
 */
public final class RaftLog {
    private final LogReader reader;
    private final UnstableLog unstable;
    private final Entry view = new Entry();
    private final LongArrayList memberships = new LongArrayList();

    private long baseIndex; // a snapshot to be installed: replaces all that the reader shows; 0 = none
    private long baseTerm;
    private long lastIndex;
    private long lastTerm;
    private long committed;
    private long durable;
    private long handed;
    private long applied;
    private long epoch;
    private long truncateFrom;
    private long lostFrom;

    public RaftLog(LogReader reader, long applied, int unstableBytesMax) {
        this.reader = reader;
        this.unstable = new UnstableLog(unstableBytesMax);
        this.lastIndex = reader.lastIndex();
        this.lastTerm = reader.term(lastIndex);
        this.committed = applied;
        this.handed = applied;
        this.applied = applied;
        this.durable = lastIndex;
        if (lastTerm < 0) {
            throw new IllegalArgumentException("the log does not know the term of its last entry " + lastIndex);
        }
        if (applied > lastIndex || applied < reader.firstIndex() - 1) {
            throw new IllegalArgumentException("applied index " + applied + " is outside of the log ["
                    + reader.firstIndex() + ", " + lastIndex + "]");
        }
        findMemberships();
    }

    public long firstIndex() {
        return baseIndex > 0 ? baseIndex + 1 : reader.firstIndex();
    }

    public long lastIndex() {
        return lastIndex;
    }

    public long lastTerm() {
        return lastTerm;
    }

    public long committed() {
        return committed;
    }

    public long durable() {
        return durable;
    }

    public long applied() {
        return applied;
    }

    public long epoch() {
        return epoch;
    }

    /** The term of an entry, of the one before the first too; {@link LogReader#NO_TERM} if it is not there. */
    public long term(long logIndex) {
        if (logIndex == lastIndex) {
            return lastTerm;
        }
        if (logIndex > lastIndex) {
            return LogReader.NO_TERM;
        }
        if (!unstable.isEmpty() && logIndex >= unstable.firstIndex()) {
            return unstable.at(logIndex).term();
        }
        if (baseIndex > 0) {
            return logIndex == baseIndex ? baseTerm : LogReader.NO_TERM;
        }
        return reader.term(logIndex);
    }

    public boolean matches(long logIndex, long term) {
        return term(logIndex) == term;
    }

    /** Whether a log that ends with this entry is at least as good as ours (§5.4.1). */
    public boolean isUpToDate(long otherLastIndex, long otherLastTerm) {
        return otherLastTerm > lastTerm || (otherLastTerm == lastTerm && otherLastIndex >= lastIndex);
    }

    /** A view of an entry, valid until the next call; null if it is not there. */
    public Entry entry(long logIndex) {
        if (logIndex > lastIndex || logIndex < firstIndex()) {
            return null;
        }
        if (!unstable.isEmpty() && logIndex >= unstable.firstIndex()) {
            return unstable.at(logIndex);
        }
        return reader.read(logIndex, view) ? view : null;
    }

    /** The last index at or below {@code logIndex} whose term is not above {@code term}: where logs may agree. */
    public long lastIndexOfTermAtMost(long logIndex, long term) {
        long at = Math.min(logIndex, lastIndex);
        while (at > 0) {
            long here = term(at);
            if (here <= term) {
                return at; // also where the term is unknown: what has been released is committed and agrees
            }
            at--;
        }
        return 0;
    }

    public boolean hasRoomFor(int length) {
        return unstable.hasRoomFor(length);
    }

    /** Appends behind the last entry; the payload is copied. */
    public long append(long term, byte type, DirectBuffer buffer, int offset, int length) {
        assert term >= lastTerm : "term goes back";
        unstable.append(lastIndex + 1, term, type, buffer, offset, length);
        lastIndex++;
        lastTerm = term;
        if (type == Entry.MEMBERSHIP) {
            noteMembership(lastIndex);
        }
        return lastIndex;
    }

    /** Cuts the log's tail off, for an entry that conflicts with the leader's. Never below what is committed. */
    public void truncateFrom(long logIndex) {
        if (logIndex <= committed) {
            throw new IllegalStateException("entry " + logIndex + " conflicts, but is committed up to " + committed);
        }
        long newLastTerm = term(logIndex - 1);
        noteLost(logIndex);
        if (!unstable.isEmpty() && logIndex >= unstable.firstIndex()) {
            unstable.truncateFrom(logIndex);
        } else {
            unstable.clear();
            truncateFrom = truncateFrom == 0 ? logIndex : Math.min(truncateFrom, logIndex);
            durable = Math.min(durable, logIndex - 1);
            epoch++;
        }
        lastIndex = logIndex - 1;
        lastTerm = newLastTerm;
        while (!memberships.isEmpty() && memberships.getLong(memberships.size() - 1) >= logIndex) {
            memberships.removeAt(memberships.size() - 1);
        }
    }

    private void noteLost(long logIndex) {
        lostFrom = lostFrom == 0 ? logIndex : Math.min(lostFrom, logIndex);
    }

    /** Replaces everything by a snapshot. */
    public void restore(long snapshotIndex, long snapshotTerm) {
        assert snapshotIndex > committed;
        if (lastIndex > snapshotIndex) {
            noteLost(snapshotIndex + 1);
        }
        unstable.clear();
        memberships.clear();
        truncateFrom = 0;
        epoch++;
        baseIndex = snapshotIndex;
        baseTerm = snapshotTerm;
        lastIndex = snapshotIndex;
        lastTerm = snapshotTerm;
        committed = snapshotIndex;
        durable = snapshotIndex;
        handed = snapshotIndex;
        applied = snapshotIndex;
    }

    /** The state machine stands behind this entry by other means than applying: it came as a whole. */
    public void skipTo(long logIndex) {
        assert logIndex >= applied && logIndex <= durable && logIndex <= committed;
        applied = logIndex;
        handed = Math.max(handed, logIndex);
    }

    public void commitTo(long logIndex) {
        assert logIndex <= lastIndex : "commit " + logIndex + " beyond " + lastIndex;
        committed = Math.max(committed, logIndex);
    }

    /** Takes a report of durability; false if it is out of date or says nothing new. */
    public boolean onDurable(long logIndex, long reportedEpoch) {
        if (reportedEpoch != epoch || logIndex <= durable) {
            return false;
        }
        assert logIndex <= lastIndex : "durable " + logIndex + " beyond " + lastIndex;
        durable = logIndex;
        return true;
    }

    public void onApplied(long logIndex) {
        assert logIndex >= applied && logIndex <= handed : "applied " + logIndex + " of " + handed;
        applied = logIndex;
    }

    /** The last entry that may be applied now, at most {@code inFlightMax} ahead of what has been. */
    public long applicable(long inFlightMax) {
        return Math.min(Math.min(committed, durable), applied + inFlightMax);
    }

    public long handed() {
        return handed;
    }

    public void handTo(long logIndex) {
        assert logIndex >= handed;
        handed = logIndex;
    }

    /** Index of the first membership entry above what its user has taken; 0 if there is none. */
    public long nextMembership() {
        return memberships.isEmpty() ? 0 : memberships.getLong(0);
    }

    public void takeMembership() {
        memberships.removeAt(0);
    }

    /** Forgets the membership entries up to an index: what they have come to is known otherwise. */
    public void skipMembershipsTo(long logIndex) {
        while (!memberships.isEmpty() && memberships.getLong(0) <= logIndex) {
            memberships.removeAt(0);
        }
    }

    /** Whether there is a membership entry that has not been taken. */
    public boolean hasMembership() {
        return !memberships.isEmpty();
    }

    // What a Ready shows

    public EntryList unstableEntries() {
        return unstable.entries();
    }

    public long pendingTruncation() {
        return truncateFrom;
    }

    /** The first entry that has gone from the log, whether or not the reader has had it; 0 for none. */
    public long lostFrom() {
        return lostFrom;
    }

    public long pendingSnapshotIndex() {
        return baseIndex;
    }

    public long pendingSnapshotTerm() {
        return baseTerm;
    }

    public boolean hasUnstable() {
        return !unstable.isEmpty() || truncateFrom > 0 || lostFrom > 0 || baseIndex > 0;
    }

    /** The reader has all that was unstable. */
    public void handedOver() {
        unstable.clear();
        truncateFrom = 0;
        lostFrom = 0;
        baseIndex = 0;
        baseTerm = 0;
        assert reader.lastIndex() == lastIndex : "log has " + reader.lastIndex() + " instead of " + lastIndex;
        assert reader.term(lastIndex) == lastTerm : "log ends in another term";
    }

    private void findMemberships() {
        for (long i = committed + 1; i <= lastIndex; i++) {
            if (!reader.read(i, view)) {
                throw new IllegalArgumentException("the log does not have entry " + i);
            }
            if (view.type() == Entry.MEMBERSHIP) {
                noteMembership(i);
            }
        }
    }

    /**
     * A leader appends a membership entry only after the one before has been committed. So whoever holds two knows
     * that the earlier one is committed, even if a restart made it forget: without this, a member could come back two
     * configurations late and be elected by a quorum that does not meet the present one.
     */
    private void noteMembership(long logIndex) {
        if (!memberships.isEmpty()) {
            commitTo(memberships.getLong(memberships.size() - 1));
        }
        memberships.addLong(logIndex);
    }
}
