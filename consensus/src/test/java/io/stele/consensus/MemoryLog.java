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

    private final List<Stored> entries = new ArrayList<>();
    private final List<Stored> durableEntries = new ArrayList<>();
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

    /** What a crash would leave of an entry, null if nothing. */
    Stored durable(long logIndex) {
        int place = (int) (logIndex - base - 1);
        return place >= 0 && place < durableEntries.size() ? durableEntries.get(place) : null;
    }

    long durableLastIndex() {
        return base + durableEntries.size();
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

    void sync() {
        durableEntries.clear();
        durableEntries.addAll(entries);
    }

    /** Forgets what was not synced, but for the first {@code kept} such entries: a cache may have been written back. */
    void crash(int kept) {
        int agree = 0;
        while (agree < Math.min(entries.size(), durableEntries.size())
                && entries.get(agree).equals(durableEntries.get(agree))) {
            agree++;
        }
        List<Stored> left = new ArrayList<>(
                agree < durableEntries.size()
                        ? durableEntries // the replaced tail may still be there; it was acknowledged only if synced
                        : entries.subList(0, Math.min(entries.size(), agree + kept)));
        entries.clear();
        entries.addAll(left);
        sync();
    }

    void releaseTo(long logIndex) {
        baseTerm = term(logIndex);
        int count = (int) (logIndex - base);
        entries.subList(0, count).clear();
        durableEntries.subList(0, Math.min(count, durableEntries.size())).clear();
        base = logIndex;
    }

    void restart(long snapshotIndex, long snapshotTerm) {
        entries.clear();
        durableEntries.clear();
        base = snapshotIndex;
        baseTerm = snapshotTerm;
    }
}
