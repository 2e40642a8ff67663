package io.stele.storage.wal;

/**
 * Where each live entry lies: positions by consecutive index, in chunks that are reused, so that growing copies nothing
 * and a log that is trimmed as fast as it grows allocates nothing.
 *
 * <p>It also keeps the log's two ends. Its {@code on…} methods are the meaning of the records, used alike by appending
 * and by recovery.
 */
final class EntryIndex {
    private static final int CHUNK_BITS = 12;
    private static final int CHUNK_LENGTH = 1 << CHUNK_BITS;
    private static final int CHUNK_MASK = CHUNK_LENGTH - 1;
    private static final int FREE_CHUNK_MAX = 64;

    private long[][] chunks = new long[16][];
    private final long[][] freeChunks = new long[FREE_CHUNK_MAX][];
    private int freeChunkCount;

    private long firstIndex = 1;
    private long lastIndex;
    private long lastTerm;
    private long baseTerm;

    long firstIndex() {
        return firstIndex;
    }

    long lastIndex() {
        return lastIndex;
    }

    long lastTerm() {
        return lastTerm;
    }

    /** Term of the entry before the first. */
    long baseTerm() {
        return baseTerm;
    }

    boolean contains(long index) {
        return index >= firstIndex && index <= lastIndex;
    }

    long position(long index) {
        assert contains(index) : index + " not in " + firstIndex + ".." + lastIndex;
        return chunks[slot(index)][(int) index & CHUNK_MASK];
    }

    /** The log begins, or continues, after (index, term) and is empty. */
    void onBase(long index, long term) {
        firstIndex = index + 1;
        lastIndex = index;
        lastTerm = term;
        baseTerm = term;
        for (int i = 0; i < chunks.length; i++) {
            recycle(i);
        }
    }

    void onEntry(long index, long term, long position) {
        assert index == lastIndex + 1 : index + " after " + lastIndex;
        long[] chunk = chunks[slot(index)];
        if (chunk == null || ((int) index & CHUNK_MASK) == 0) {
            chunk = addChunk(index);
        }
        chunk[(int) index & CHUNK_MASK] = position;
        lastIndex = index;
        lastTerm = term;
    }

    /** The log now ends at (index, term), which may lie before its first entry. */
    void onTruncate(long index, long term) {
        assert index <= lastIndex : index + " beyond " + lastIndex;
        if (index < firstIndex) {
            onBase(index, term);
            return;
        }
        for (long chunk = lastIndex >>> CHUNK_BITS; chunk > index >>> CHUNK_BITS; chunk--) {
            recycle((int) chunk & (chunks.length - 1));
        }
        lastIndex = index;
        lastTerm = term;
    }

    /** Forgets the entries before {@code first}; {@code term} is that of the entry before it. */
    void release(long first, long term) {
        assert first >= firstIndex && first <= lastIndex + 1;
        for (long chunk = firstIndex >>> CHUNK_BITS; chunk < first >>> CHUNK_BITS; chunk++) {
            recycle((int) chunk & (chunks.length - 1));
        }
        firstIndex = first;
        baseTerm = term;
    }

    private int slot(long index) {
        return (int) (index >>> CHUNK_BITS) & (chunks.length - 1);
    }

    private long[] addChunk(long index) {
        long inUse = (index >>> CHUNK_BITS) - (firstIndex >>> CHUNK_BITS) + 1;
        if (inUse > chunks.length) {
            grow();
        }
        int slot = slot(index);
        if (chunks[slot] == null) {
            chunks[slot] = freeChunkCount > 0 ? freeChunks[--freeChunkCount] : new long[CHUNK_LENGTH];
        }
        return chunks[slot];
    }

    private void grow() {
        long[][] grown = new long[chunks.length * 2][];
        for (long chunk = firstIndex >>> CHUNK_BITS; chunk <= lastIndex >>> CHUNK_BITS; chunk++) {
            grown[(int) chunk & (grown.length - 1)] = chunks[(int) chunk & (chunks.length - 1)];
        }
        chunks = grown;
    }

    private void recycle(int slot) {
        if (chunks[slot] != null && freeChunkCount < FREE_CHUNK_MAX) {
            freeChunks[freeChunkCount++] = chunks[slot];
        }
        chunks[slot] = null;
    }
}
