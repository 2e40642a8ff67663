package io.stele.server.node;

import io.stele.consensus.log.Entry;
import io.stele.consensus.log.LogReader;
import io.stele.storage.wal.EntryView;
import io.stele.storage.wal.Wal;

/** Shows the write-ahead log to the consensus core. */
final class WalLogReader implements LogReader {
    private final Wal wal;
    private final EntryView view = new EntryView();

    WalLogReader(Wal wal) {
        this.wal = wal;
    }

    @Override
    public long firstIndex() {
        return wal.firstIndex();
    }

    @Override
    public long lastIndex() {
        return wal.lastIndex();
    }

    @Override
    public long term(long logIndex) {
        return wal.term(logIndex);
    }

    @Override
    public boolean read(long logIndex, Entry into) {
        if (!wal.read(logIndex, view)) {
            return false;
        }
        into.wrap(logIndex, view.term(), view.type(), view.buffer(), view.offset(), view.length());
        return true;
    }
}
