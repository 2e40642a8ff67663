package io.stele.server.node;

import io.stele.index.KeyIndex;
import io.stele.index.KeyRecord;
import org.agrona.DirectBuffer;

/** An index in which it can take long to remove a key. */
final class SlowIndex implements KeyIndex {
    private final KeyIndex index;
    private final Runnable onRemoval;

    SlowIndex(KeyIndex index, Runnable onRemoval) {
        this.index = index;
        this.onRemoval = onRemoval;
    }

    @Override
    public void remove(DirectBuffer key, int offset, int length) {
        index.remove(key, offset, length);
        onRemoval.run();
    }

    @Override
    public boolean accepts(int keyLength) {
        return index.accepts(keyLength);
    }

    @Override
    public boolean isReady() {
        return index.isReady();
    }

    @Override
    public boolean get(DirectBuffer key, int offset, int length, KeyRecord into) {
        return index.get(key, offset, length, into);
    }

    @Override
    public boolean put(DirectBuffer key, int offset, int length, KeyRecord record) {
        return index.put(key, offset, length, record);
    }

    @Override
    public int doWork(int budget) {
        return index.doWork(budget);
    }

    @Override
    public long entryCount() {
        return index.entryCount();
    }

    @Override
    public long offHeapBytes() {
        return index.offHeapBytes();
    }

    @Override
    public void clear() {
        index.clear();
    }

    @Override
    public void close() {
        index.close();
    }
}
