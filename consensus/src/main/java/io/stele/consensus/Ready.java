package io.stele.consensus;

import io.stele.consensus.log.EntryList;
import org.agrona.collections.LongArrayList;

/**
 * What the node has to do now, in the order of the fields; a reusable batch, valid until {@code advance()}.
 *
 * <ol>
 *   <li>{@link #hardStateChanged()}: force {@link #term()} and {@link #vote()}. Must be durable before step 4.
 *   <li>{@link #snapshotIndex()} above 0: install the snapshot that was announced by {@code installSnapshot}, durably;
 *       the log starts over behind it.
 *   <li>{@link #truncateFrom()} above 0: cut the log; then append {@link #entries()}. They need not be durable: force
 *       them beside this and report with {@code onDurable(lastIndex, logEpoch())}, the epoch being that of
 *       the last batch appended when the force <em>began</em>. Nothing that depends on their durability is in here;
 *       it comes in a later batch.
 *   <li>{@link #messages()}: send. They may be lost, repeated and overtake one another.
 *   <li>{@link #committedFrom()} to {@link #committedTo()}: apply, now or later, in order, then report with
 *       {@code onApplied}. All types of entries are in the range.
 *   <li>Reads: serve {@link #readRequestId} once {@link #readIndex} is applied; answer the dropped ones with an error
 *       or ask anew.
 * </ol>
 */
public final class Ready {
    final LongArrayList readIds = new LongArrayList();
    final LongArrayList readIndices = new LongArrayList();
    final LongArrayList droppedReads = new LongArrayList();

    MessageList messages = new MessageList();
    EntryList entries;
    boolean hardStateChanged;
    long term;
    long vote;
    long snapshotIndex;
    long snapshotTerm;
    long truncateFrom;
    long lostFrom;
    long logEpoch;
    long committedFrom;
    long committedTo;
    boolean roleChanged;
    boolean membershipChanged;

    Ready() {}

    public boolean hardStateChanged() {
        return hardStateChanged;
    }

    public long term() {
        return term;
    }

    public long vote() {
        return vote;
    }

    /** The last entry that the snapshot to be installed covers; 0 for no snapshot. */
    public long snapshotIndex() {
        return snapshotIndex;
    }

    public long snapshotTerm() {
        return snapshotTerm;
    }

    /** The first entry to be cut off; 0 for none. */
    public long truncateFrom() {
        return truncateFrom;
    }

    /**
     * The first of the entries that this member has had and has not any more; 0 for none. Others may have them, but who
     * waits for one here waits in vain. Also those that were cut off before they were handed over, or given up for a
     * snapshot, of which {@link #truncateFrom()} does not speak.
     */
    public long lostFrom() {
        return lostFrom;
    }

    /** What to append; their payloads are valid until {@code advance()}. */
    public EntryList entries() {
        return entries;
    }

    /** To be handed back with {@code onDurable} by each force that begins after step 3. */
    public long logEpoch() {
        return logEpoch;
    }

    public MessageList messages() {
        return messages;
    }

    public boolean hasCommitted() {
        return committedFrom <= committedTo;
    }

    /** The first entry to be applied. */
    public long committedFrom() {
        return committedFrom;
    }

    /** The last entry to be applied; below {@link #committedFrom()} when there is none. */
    public long committedTo() {
        return committedTo;
    }

    public int readCount() {
        return readIds.size();
    }

    public long readRequestId(int place) {
        return readIds.getLong(place);
    }

    /** What must be applied before the read is served. */
    public long readIndex(int place) {
        return readIndices.getLong(place);
    }

    public int droppedReadCount() {
        return droppedReads.size();
    }

    public long droppedReadId(int place) {
        return droppedReads.getLong(place);
    }

    /** Whether role, term or leader differ from the last batch; ask the core. */
    public boolean roleChanged() {
        return roleChanged;
    }

    /** Whether another membership has become active; ask the core. */
    public boolean membershipChanged() {
        return membershipChanged;
    }
}
