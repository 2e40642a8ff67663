package io.stele.consensus.log;

import java.util.Arrays;
import org.agrona.DirectBuffer;

/** A reusable list of entries: its views are kept and filled anew after {@link #clear()}. */
public final class EntryList {
    private Entry[] entries = new Entry[0];
    private int count;

    public int count() {
        return count;
    }

    /** The entry at a place in {@code [0, count)}. */
    public Entry get(int place) {
        assert place >= 0 && place < count : "place " + place + " of " + count;
        return entries[place];
    }

    /** Appends a view of an entry; the payload is not copied. */
    public void add(long logIndex, long term, byte type, DirectBuffer buffer, int offset, int length) {
        if (count == entries.length) {
            grow();
        }
        entries[count++].wrap(logIndex, term, type, buffer, offset, length);
    }

    public void clear() {
        count = 0;
    }

    /** Keeps the first entries. */
    void cut(int newCount) {
        assert newCount >= 0 && newCount <= count;
        count = newCount;
    }

    private void grow() {
        int from = entries.length;
        entries = Arrays.copyOf(entries, Math.max(16, 2 * from));
        for (int i = from; i < entries.length; i++) {
            entries[i] = new Entry();
        }
    }
}
