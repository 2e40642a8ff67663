package io.stele.server.node;

import java.util.Arrays;

/**
 * The state's digest after each of the last entries applied, so that members can compare theirs at the same entry
 * although each has got to another one by now.
 *
 * <pre>
 *   slot of an entry: logIndex modulo count     | logIndex | low | high |
 * </pre>
 */
final class DigestHistory {
    /** More than are applied while a question is on its way. */
    static final int ENTRY_COUNT = 4096;

    private static final int SLOT_LENGTH = 3;
    private static final long NOTHING = -1;

    private final long[] slots = new long[SLOT_LENGTH * ENTRY_COUNT];
    private int found;

    DigestHistory() {
        clear();
    }

    void clear() {
        Arrays.fill(slots, NOTHING);
    }

    void note(long logIndex, long low, long high) {
        int slot = slot(logIndex);
        slots[slot] = logIndex;
        slots[slot + 1] = low;
        slots[slot + 2] = high;
    }

    /** Whether the digest after an entry is known; {@link #low()} and {@link #high()} are it then. */
    boolean find(long logIndex) {
        found = slot(logIndex);
        return slots[found] == logIndex;
    }

    long low() {
        return slots[found + 1];
    }

    long high() {
        return slots[found + 2];
    }

    private static int slot(long logIndex) {
        return ((int) logIndex & (ENTRY_COUNT - 1)) * SLOT_LENGTH;
    }
}
