package io.stele.storage.page;

import java.util.Arrays;

/**
 * Blocks that the current state has given up but a frozen state may reach: a page born in epoch b and freed in epoch f
 * belongs to every state frozen at an epoch e with b <= e < f.
 */
final class FreedBlocks {
    private static final int STRIDE = 3;

    private long[] items = new long[STRIDE * 1024];
    private int length;
    private long blockCount;
    private long released;

    /** Blocks waiting. */
    long blockCount() {
        return blockCount;
    }

    /** Blocks that have become free after waiting, ever. */
    long released() {
        return released;
    }

    void add(int block, int count, long bornEpoch, long freedEpoch) {
        if (length == items.length) {
            items = Arrays.copyOf(items, items.length * 2);
        }
        items[length] = ((long) block << 32) | count;
        items[length + 1] = bornEpoch;
        items[length + 2] = freedEpoch;
        length += STRIDE;
        blockCount += count;
    }

    /** Releases what no frozen state reaches. {@code frozen}: ascending epochs. */
    void release(long[] frozen, int frozenCount, BlockMap map) {
        int kept = 0;
        for (int i = 0; i < length; i += STRIDE) {
            long born = items[i + 1];
            long freed = items[i + 2];
            if (isReachable(frozen, frozenCount, born, freed)) {
                items[kept] = items[i];
                items[kept + 1] = born;
                items[kept + 2] = freed;
                kept += STRIDE;
            } else {
                int count = (int) items[i];
                map.release((int) (items[i] >>> 32), count);
                blockCount -= count;
                released += count;
            }
        }
        length = kept;
        if (items.length > STRIDE * 1024 && length < items.length / 8) {
            items = Arrays.copyOf(items, items.length / 4);
        }
    }

    private static boolean isReachable(long[] frozen, int frozenCount, long born, long freed) {
        for (int i = 0; i < frozenCount; i++) {
            if (frozen[i] >= born) {
                return frozen[i] < freed;
            }
        }
        return false;
    }
}
