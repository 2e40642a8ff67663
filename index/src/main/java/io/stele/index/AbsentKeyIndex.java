package io.stele.index;

import org.agrona.DirectBuffer;

/** No index: every lookup goes to the page store. For a runtime that cannot build one. */
public final class AbsentKeyIndex implements KeyIndex {
    @Override
    public boolean accepts(int keyLength) {
        return false;
    }

    @Override
    public boolean isReady() {
        return false;
    }

    @Override
    public boolean get(DirectBuffer key, int offset, int length, KeyRecord into) {
        return false;
    }

    @Override
    public boolean put(DirectBuffer key, int offset, int length, KeyRecord record) {
        return false;
    }

    @Override
    public void remove(DirectBuffer key, int offset, int length) {}

    @Override
    public int doWork(int budget) {
        return 0;
    }

    @Override
    public long entryCount() {
        return 0;
    }

    @Override
    public long offHeapBytes() {
        return 0;
    }

    @Override
    public void clear() {}

    @Override
    public void close() {}
}
