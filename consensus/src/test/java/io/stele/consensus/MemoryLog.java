package io.stele.consensus;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.stele.consensus.log.Entry;
import io.stele.consensus.log.LogReader;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** A write-ahead log in memory that knows what would survive a crash. */
final class MemoryLog implements LogReader {
    /** One entry as it lies there; its payload as Latin-1, which keeps every byte. */
    record Stored(long term, byte type, String payload) {}

    /** A force that has begun: it makes durable what was there then. */
    record Sync(long base, List<Stored> entries, long lastIndex, long epoch) {}

    private final List<Stored> entries = new ArrayList<>();
    private final List<Stored> durable = new ArrayList<>();
    private long base;
    private long baseTerm;

    @Override
    public long firstIndex() {
        return base + 1;
    }

    @Override
    public long lastIndex() {
        return base + entries.size();
    }

    @Override
    public long term(long logIndex) {
        if (logIndex == base) {
            return baseTerm;
        }
        return logIndex < base || logIndex > lastIndex()
                ? NO_TERM
                : get(logIndex).term();
    }

    @Override
    public boolean read(long logIndex, Entry into) {
        if (logIndex <= base || logIndex > lastIndex()) {
            return false;
        }
        Stored stored = get(logIndex);
        byte[] payload = stored.payload().getBytes(ISO_8859_1);
        into.wrap(logIndex, stored.term(), stored.type(), new UnsafeBuffer(payload), 0, payload.length);
        return true;
    }

    Stored get(long logIndex) {
        return entries.get((int) (logIndex - base - 1));
    }

    /** Whether the disk holds the entry now, or a snapshot that covers it. */
    boolean isDurable(long logIndex, Stored entry) {
        if (logIndex <= base) {
            return true;
        }
        int place = (int) (logIndex - base - 1);
        return place < durable.size() && durable.get(place).equals(entry);
    }

    void truncateFrom(long logIndex) {
        entries.subList((int) (logIndex - base - 1), entries.size()).clear();
    }

    void append(Entry entry) {
        if (entry.logIndex() != lastIndex() + 1) {
            throw new IllegalStateException("gap before " + entry.logIndex());
        }
        byte[] payload = new byte[entry.length()];
        if (payload.length > 0) {
            entry.buffer().getBytes(entry.offset(), payload);
        }
        entries.add(new Stored(entry.term(), entry.type(), new String(payload, ISO_8859_1)));
    }

    Sync beginSync(long epoch) {
        return new Sync(base, new ArrayList<>(entries), lastIndex(), epoch);
    }

    void endSync(Sync sync) {
        if (sync.lastIndex() < base) {
            return; // a snapshot has replaced all of it meanwhile
        }
        int released = (int) (base - sync.base());
        durable.clear();
        durable.addAll(sync.entries().subList(released, sync.entries().size()));
    }

    void sync() {
        endSync(beginSync(0));
    }

    /**
     * Loses what was not forced. Of the entries that were appended behind the forced ones, {@code luck} may have been
     * written back all the same; a tail that was cut off but not yet overwritten on the disk may come back.
     */
    void crash(int luck) {
        int agree = 0;
        while (agree < entries.size()
                && agree < durable.size()
                && entries.get(agree).equals(durable.get(agree))) {
            agree++;
        }
        List<Stored> left = new ArrayList<>(
                agree < durable.size() && luck == 0
                        ? durable
                        : entries.subList(0, Math.min(entries.size(), agree + luck)));
        entries.clear();
        entries.addAll(left);
        sync();
    }

    void releaseTo(long logIndex) {
        long term = term(logIndex);
        int count = (int) (logIndex - base);
        entries.subList(0, count).clear();
        durable.subList(0, Math.min(count, durable.size())).clear();
        base = logIndex;
        baseTerm = term;
    }

    void restart(long snapshotIndex, long snapshotTerm) {
        entries.clear();
        durable.clear();
        base = snapshotIndex;
        baseTerm = snapshotTerm;
    }
}
