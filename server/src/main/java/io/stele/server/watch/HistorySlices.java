package io.stele.server.watch;

import io.stele.server.machine.HistoryReader;

/** The slices of history read last: whoever catches up at about the same place shares the reading and the encoding. */
final class HistorySlices {
    private final HistorySlice[] slices;
    private HistoryReader history;
    private long useCount;
    private long loadCount;

    HistorySlices(WatchLimits limits) {
        slices = new HistorySlice[limits.sliceCount];
        for (int i = 0; i < slices.length; i++) {
            slices[i] = new HistorySlice(limits.sliceBytes, limits.sliceEvents);
        }
    }

    /** The state that is read from now on. */
    void history(HistoryReader value) {
        history = value;
        for (HistorySlice slice : slices) {
            slice.clear();
        }
    }

    /** The slice that holds this place, which is not compacted and not in the future. */
    HistorySlice at(long main, int sub) {
        HistorySlice oldest = slices[0];
        for (HistorySlice slice : slices) {
            if (slice.covers(main, sub)) {
                slice.lastUse = ++useCount;
                return slice;
            }
            if (slice.lastUse < oldest.lastUse) {
                oldest = slice;
            }
        }
        oldest.load(history, main, sub);
        oldest.lastUse = ++useCount;
        loadCount++;
        return oldest;
    }

    /** Slices read from the page store so far. */
    long loadCount() {
        return loadCount;
    }
}
