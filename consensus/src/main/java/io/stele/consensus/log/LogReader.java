package io.stele.consensus.log;

/**
 * The port through which the core sees what it has handed over for appending: the node's write-ahead log.
 *
 * <p>It shows every entry of every {@code Ready} up to the last {@code advance()}, durable or not. It may drop old
 * entries from the front at any time outside {@code ready()…advance()}. Whatever it shows when a core is created must
 * already be durable.
 */
public interface LogReader {
    /** What {@link #term} answers for an entry that is not there. */
    long NO_TERM = -1;

    /** The first entry that can be read; {@code lastIndex() + 1} when there is none. */
    long firstIndex();

    /** The last entry; when there is none, that of the snapshot the log continues (0 for a new member). */
    long lastIndex();

    /**
     * The term of an entry in {@code [firstIndex() - 1, lastIndex()]}: the one before the first must be known too (it
     * is the last one that the node's snapshot covers; its term is 0 when its index is 0). Otherwise {@link #NO_TERM}.
     */
    long term(long logIndex);

    /** Points the view at an entry, without copying; false if it is not there. Valid until the next change. */
    boolean read(long logIndex, Entry into);
}
