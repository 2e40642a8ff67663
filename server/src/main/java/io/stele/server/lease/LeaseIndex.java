package io.stele.server.lease;

import java.util.Arrays;

/**
 * Finds a lease's record by its id: a chained hash table that grows by one bucket at a time (linear hashing), so that
 * no insertion waits for a million others to be moved.
 *
 * <pre>
 *   buckets   0 .. split-1      split .. base-1     base .. base+split-1
 *             told apart by     told apart by       the other halves of
 *             one more bit      fewer bits          the first ones
 * </pre>
 */
final class LeaseIndex {
    private static final int CHUNK_SHIFT = 12;
    private static final int CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;

    private final LeaseSlab slab;
    private int[][] chunks = new int[1][];
    private int base = 1;
    private int split;
    private int count;

    LeaseIndex(LeaseSlab slab) {
        this.slab = slab;
        chunks[0] = newChunk();
    }

    int find(long leaseId) {
        int slot = head(bucket(leaseId));
        while (slot != LeaseSlab.NONE && slab.leaseId(slot) != leaseId) {
            slot = slab.hashNext(slot);
        }
        return slot;
    }

    void add(int slot) {
        push(bucket(slab.leaseId(slot)), slot);
        count++;
        if (count > base + split) {
            grow();
        }
    }

    void remove(int slot) {
        int bucket = bucket(slab.leaseId(slot));
        int before = LeaseSlab.NONE;
        int at = head(bucket);
        while (at != slot) {
            before = at;
            at = slab.hashNext(at);
        }
        if (before == LeaseSlab.NONE) {
            head(bucket, slab.hashNext(slot));
        } else {
            slab.hashNext(before, slab.hashNext(slot));
        }
        count--;
    }

    private void grow() {
        int from = split;
        int added = base + split;
        if (added >>> CHUNK_SHIFT == chunks.length) {
            chunks = Arrays.copyOf(chunks, 2 * chunks.length);
        }
        if (chunks[added >>> CHUNK_SHIFT] == null) {
            chunks[added >>> CHUNK_SHIFT] = newChunk();
        }
        split++;
        if (split == base) {
            base *= 2;
            split = 0;
        }
        int slot = head(from);
        head(from, LeaseSlab.NONE);
        while (slot != LeaseSlab.NONE) {
            int next = slab.hashNext(slot);
            push(bucket(slab.leaseId(slot)), slot);
            slot = next;
        }
    }

    private void push(int bucket, int slot) {
        slab.hashNext(slot, head(bucket));
        head(bucket, slot);
    }

    private int bucket(long leaseId) {
        int hash = hash(leaseId);
        int bucket = hash & (base - 1);
        return bucket < split ? hash & (2 * base - 1) : bucket;
    }

    private static int hash(long leaseId) {
        long mixed = (leaseId ^ (leaseId >>> 32)) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32);
    }

    private int head(int bucket) {
        return chunks[bucket >>> CHUNK_SHIFT][bucket & CHUNK_MASK];
    }

    private void head(int bucket, int slot) {
        chunks[bucket >>> CHUNK_SHIFT][bucket & CHUNK_MASK] = slot;
    }

    private static int[] newChunk() {
        int[] chunk = new int[1 << CHUNK_SHIFT];
        Arrays.fill(chunk, LeaseSlab.NONE);
        return chunk;
    }
}
