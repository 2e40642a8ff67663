package io.stele.consensus.log;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Entries that have been accepted but not yet handed over to the write-ahead log: those of one duty cycle.
 *
 * <p>Payloads are copied into one arena that is reset with every {@code advance()}. It grows while a node warms up, up
 * to a limit, and is never allocated again after that.
 */
final class UnstableLog {
    private static final int ARENA_INITIAL_LENGTH = 4096;

    private final EntryList entries = new EntryList();
    private final UnsafeBuffer arena = new UnsafeBuffer(new byte[ARENA_INITIAL_LENGTH]);
    private final int bytesMax;
    private int used;

    UnstableLog(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    EntryList entries() {
        return entries;
    }

    boolean isEmpty() {
        return entries.count() == 0;
    }

    /** Index of the first entry; only when not empty. */
    long firstIndex() {
        return entries.get(0).logIndex();
    }

    Entry at(long logIndex) {
        return entries.get((int) (logIndex - firstIndex()));
    }

    boolean hasRoomFor(int length) {
        return length <= bytesMax - used;
    }

    void append(long logIndex, long term, byte type, DirectBuffer buffer, int offset, int length) {
        assert isEmpty() || logIndex == firstIndex() + entries.count() : "gap at " + logIndex;
        assert hasRoomFor(length) : "arena is full";
        if (length > arena.capacity() - used) {
            grow(length);
        }
        if (length > 0) {
            arena.putBytes(used, buffer, offset, length);
        }
        entries.add(logIndex, term, type, arena, used, length);
        used += length;
    }

    /** Forgets the entries from an index on. Their bytes stay in the arena until it is reset. */
    void truncateFrom(long logIndex) {
        entries.cut((int) (logIndex - firstIndex()));
    }

    void clear() {
        entries.clear();
        used = 0;
    }

    private void grow(int length) {
        int wanted = Math.max(used + length, (int) Math.min(bytesMax, 2L * arena.capacity()));
        byte[] grown = new byte[wanted];
        arena.getBytes(0, grown, 0, used);
        arena.wrap(grown); // the entries refer to the buffer, not to its memory: they move along
    }
}
