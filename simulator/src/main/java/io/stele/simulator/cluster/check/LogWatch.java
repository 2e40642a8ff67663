package io.stele.simulator.cluster.check;

import io.stele.storage.file.sim.SimDisk;
import io.stele.storage.wal.EntryView;
import io.stele.storage.wal.Wal;
import java.util.Arrays;

/**
 * What is known of one member's log, over all its lives: the terms of its entries, and up to where they are on its
 * simulated disk, byte for byte, so that no power cut can take them away.
 */
public final class LogWatch {
    private static final int RECORD_HEADER_LENGTH = 56;

    /** Told of the entries of a log. */
    interface Listener {
        void onEntry(long logIndex, EntryView entry, long previousTerm);

        /** Entries behind this one are no longer in the log. */
        void onCut(long lastKept, long lastBefore);
    }

    private final EntryView view = new EntryView();
    private long[] terms = new long[256];
    private long first = 1;
    private long last;
    private long durableTo;
    private long acknowledgedTo;

    /** What it held before rot took it: an acknowledgement of that may still be on its way. */
    private long[] lostTerms = new long[0];

    /** Looks at what has changed since the last time. */
    void observe(Wal wal, Listener listener) {
        long kept = keptOf(wal);
        boolean startsOver = kept < wal.firstIndex() - 1 || wal.firstIndex() > last + 1;
        if (kept < last && !startsOver) {
            listener.onCut(kept, last);
        }
        if (startsOver) {
            kept = wal.firstIndex() - 1;
        }
        first = wal.firstIndex();
        durableTo = Math.max(Math.min(durableTo, kept), first - 1);
        acknowledgedTo = Math.min(acknowledgedTo, kept);
        for (long logIndex = kept + 1; logIndex <= wal.lastIndex(); logIndex++) {
            boolean isThere = wal.read(logIndex, view);
            assert isThere;
            put(logIndex, view.term());
            listener.onEntry(logIndex, view, wal.term(logIndex - 1));
        }
        last = wal.lastIndex();
    }

    /** Looks how much of it is on the disk. */
    void observeDisk(Wal wal, SimDisk disk) {
        while (durableTo < last && wal.read(durableTo + 1, view)) {
            int offset = view.offset() - RECORD_HEADER_LENGTH;
            if (!disk.isDurable(view.buffer(), offset, RECORD_HEADER_LENGTH + view.length())) {
                return;
            }
            durableTo++;
        }
    }

    /** It was closed in good order. */
    public void onAllForced() {
        durableTo = last;
    }

    /** The node is gone: what was not on the disk need not be there any more. */
    void onEnded() {
        last = durableTo;
    }

    /** It was told a leader that it has this entry. */
    void onAcknowledged(long logIndex) {
        acknowledgedTo = Math.max(acknowledgedTo, logIndex);
    }

    /** The last entry that it has told a leader of, as far as no leader had it replaced. */
    public long acknowledgedTo() {
        return acknowledgedTo;
    }

    /** The last of its entries that this log still has; behind it there may be some that it had before those. */
    public long keptOf(Wal wal) {
        long kept = Math.min(last, wal.lastIndex());
        while (kept >= wal.firstIndex() && wal.term(kept) != term(kept)) {
            kept--;
        }
        return kept;
    }

    /** Its disk was damaged, and this is left. */
    public void onLost(Wal wal) {
        long kept = keptOf(wal);
        lostTerms = Arrays.copyOf(terms, (int) durableTo + 1);
        last = Math.min(last, Math.max(kept, wal.firstIndex() - 1));
        durableTo = Math.min(durableTo, last);
        acknowledgedTo = Math.min(acknowledgedTo, last);
    }

    private void put(long logIndex, long term) {
        if (logIndex >= terms.length) {
            terms = Arrays.copyOf(terms, (int) Math.max(2L * terms.length, logIndex + 1));
        }
        terms[(int) logIndex] = term;
    }

    /** Term of an entry of the log as last seen. */
    long term(long logIndex) {
        return logIndex < terms.length ? terms[(int) logIndex] : 0;
    }

    long first() {
        return first;
    }

    long last() {
        return last;
    }

    public long durableTo() {
        return durableTo;
    }

    /** Whether the disk holds this entry, or a state that contains it, or did so before it was damaged. */
    boolean holds(long logIndex, long term) {
        return logIndex < first
                || (logIndex <= durableTo && term(logIndex) == term)
                || (logIndex < lostTerms.length && lostTerms[(int) logIndex] == term);
    }
}
