package io.stele.storage.page;

import java.util.Arrays;

/**
 * Which blocks of the file are taken; owned by the node thread.
 *
 * <p>Two bits per block. {@code used}: may not be allocated. {@code live}: belongs to the current state, so what the
 * next root must call taken. A block freed by the current state stays used while the durable root, a checkpoint under
 * way or a pinned view may still reach it.
 *
 * <p>Allocation takes the lowest place that fits, so that the file's end empties and can be cut. For each run length
 * up to 64 a hint says below which block no such run can be: it rises with allocation and falls only when a freed
 * extent is long enough, so searching costs little even in a crowded file.
 */
final class BlockMap {
    private static final int HINT_MAX = 64;

    private final int regionBlocks;
    private final int[] hints = new int[HINT_MAX + 1];
    private long[] used = new long[0];
    private long[] live = new long[0];
    private int capacity;
    private int usedCount;
    private int liveCount;
    private int freeWordCount;

    BlockMap(int regionBlocks) {
        this.regionBlocks = regionBlocks;
        assert regionBlocks % Long.SIZE == 0;
    }

    int capacity() {
        return capacity;
    }

    int usedCount() {
        return usedCount;
    }

    int freeCount() {
        return capacity - usedCount;
    }

    int liveCount() {
        return liveCount;
    }

    /** Aligned groups of 64 free blocks: each surely holds a run of that length. */
    int freeWordCount() {
        return freeWordCount;
    }

    int wordCount() {
        return capacity / Long.SIZE;
    }

    /** Grows or shrinks to {@code blocks}; blocks cut off must be free. Mostly leaves the arrays as they are. */
    void capacity(int blocks) {
        assert blocks % Long.SIZE == 0;
        assert blocks >= capacity || usedFrom(blocks) < 0 : "cutting used blocks";
        int words = blocks / Long.SIZE;
        if (words > used.length || words < used.length / 4) {
            used = Arrays.copyOf(used, words + words / 2);
            live = Arrays.copyOf(live, words + words / 2);
        }
        freeWordCount += (blocks - capacity) / Long.SIZE;
        capacity = blocks;
        for (int i = 1; i <= HINT_MAX; i++) {
            hints[i] = Math.min(hints[i], capacity);
        }
    }

    /** First of {@code count} free blocks, now used and live; or -1. */
    int allocate(int count) {
        int block = find(count);
        if (block >= 0) {
            set(used, block, count);
            set(live, block, count);
            usedCount += count;
            liveCount += count;
            if (count <= HINT_MAX) {
                hints[count] = block + count;
            }
        }
        return block;
    }

    /** Takes blocks that no allocation chose. */
    void claim(int block, int count) {
        set(used, block, count);
        set(live, block, count);
        usedCount += count;
        liveCount += count;
    }

    /** Takes 64 blocks at a time as an opened root says. */
    void claimWord(int word, long bits) {
        assert used[word] == 0;
        used[word] = bits;
        live[word] = bits;
        usedCount += Long.bitCount(bits);
        liveCount += Long.bitCount(bits);
        freeWordCount -= bits == 0 ? 0 : 1;
    }

    /** The current state no longer needs the blocks; somebody else may. */
    void unlink(int block, int count) {
        assert isSet(live, block) : "block freed twice: " + block;
        clear(live, block, count);
        liveCount -= count;
    }

    /** Nobody needs the blocks: they may be allocated again. */
    void release(int block, int count) {
        assert isSet(used, block) && !isSet(live, block) : "block released while live: " + block;
        clear(used, block, count);
        usedCount -= count;

        int left = freeFrom(block);
        int right = nextUsed(block + count, Math.min(capacity, block + count + HINT_MAX));
        for (int i = Math.min(right - left, HINT_MAX); i >= 1; i--) {
            hints[i] = Math.min(hints[i], left);
        }
    }

    /** First block of the lowest place for {@code count} blocks within one region, or -1. */
    int find(int count) {
        int block = hints[Math.min(count, HINT_MAX)];
        while (true) {
            block = nextFree(block);
            if (block >= capacity) {
                return -1;
            }
            int regionEnd = (block / regionBlocks + 1) * regionBlocks;
            if (block + count > regionEnd) {
                block = regionEnd;
                continue;
            }
            if (block + count > capacity) {
                return -1;
            }
            int end = nextUsed(block, block + count);
            if (end == block + count) {
                return block;
            }
            block = end;
        }
    }

    boolean isLive(int block) {
        return isSet(live, block);
    }

    boolean isUsed(int block) {
        return isSet(used, block);
    }

    /** First block behind the last group of 64 that has used ones. */
    int usedEnd() {
        int word = wordCount() - 1;
        while (word >= 0 && used[word] == 0) {
            word--;
        }
        return (word + 1) * Long.SIZE;
    }

    long[] copyLive() {
        return Arrays.copyOf(live, wordCount());
    }

    private int usedFrom(int block) {
        int next = nextUsed(block, capacity);
        return next < capacity ? next : -1;
    }

    private int nextFree(int from) {
        int word = from >>> 6;
        int words = wordCount();
        if (word >= words) {
            return capacity;
        }
        long bits = ~used[word] & (-1L << from);
        while (bits == 0) {
            if (++word == words) {
                return capacity;
            }
            bits = ~used[word];
        }
        return (word << 6) + Long.numberOfTrailingZeros(bits);
    }

    /** Where the free extent that ends before {@code block} starts, looked for in its word and the one before. */
    private int freeFrom(int block) {
        int word = block >>> 6;
        long below = used[word] & ~(-1L << block);
        if (below == 0 && word > 0) {
            below = used[--word];
        }
        return below == 0 ? word << 6 : (word << 6) + Long.SIZE - Long.numberOfLeadingZeros(below);
    }

    /** First used block in {@code [from, to)}, or {@code to}. */
    private int nextUsed(int from, int to) {
        int word = from >>> 6;
        int words = wordCount();
        if (from >= to || word >= words) {
            return to;
        }
        long bits = used[word] & (-1L << from);
        while (bits == 0) {
            word++;
            if (word << 6 >= to || word == words) {
                return to;
            }
            bits = used[word];
        }
        return Math.min(to, (word << 6) + Long.numberOfTrailingZeros(bits));
    }

    private void set(long[] bits, int block, int count) {
        for (int i = block, end = block + count; i < end; ) {
            int word = i >>> 6;
            int length = Math.min(Long.SIZE - (i & 63), end - i);
            long mask = (length == Long.SIZE ? -1L : (1L << length) - 1) << i;
            assert (bits[word] & mask) == 0 : "block taken twice: " + i;
            if (bits == used && bits[word] == 0) {
                freeWordCount--;
            }
            bits[word] |= mask;
            i += length;
        }
    }

    private void clear(long[] bits, int block, int count) {
        for (int i = block, end = block + count; i < end; ) {
            int word = i >>> 6;
            int length = Math.min(Long.SIZE - (i & 63), end - i);
            long mask = (length == Long.SIZE ? -1L : (1L << length) - 1) << i;
            assert (bits[word] & mask) == mask : "block free already: " + i;
            bits[word] &= ~mask;
            if (bits == used && bits[word] == 0) {
                freeWordCount++;
            }
            i += length;
        }
    }

    private static boolean isSet(long[] bits, int block) {
        return (bits[block >>> 6] & (1L << block)) != 0;
    }
}
