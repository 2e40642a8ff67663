package io.stele.index;

import java.nio.ByteOrder;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The key index on the heap, for the simulator and for tests: the same answers, and the same work for the same calls.
 *
 * <p>Open addressing with linear probing; a removal shifts the run behind it back, so there are no tombstones. Key
 * bytes sit in one arena, appended; the arena is rewritten together with the table when either is full.
 */
public final class HeapKeyIndex implements KeyIndex {
    private static final int FIELDS = 10;
    private static final int CREATE = 0;
    private static final int MOD = 1;
    private static final int SUB = 2;
    private static final int VERSION = 3;
    private static final int LEASE = 4;
    private static final int VALUE_HASH = 5;
    private static final int DEPTH = 6;
    private static final int ANCHOR = 7;
    private static final int ANCHOR_SUB = 8;
    private static final int HASH = 9;
    private static final int SLOTS_FIRST = 64;
    private static final int ARENA_FIRST = 1024;

    private final int keyLengthMax;

    /** Length of the key in a slot, -1 where the slot is free. */
    private int[] keyLengths;

    private int[] keyOffsets;
    private long[] fields;
    private UnsafeBuffer arena;
    private int arenaUsed;
    private int entryCount;

    public HeapKeyIndex() {
        this(new IndexContext());
    }

    public HeapKeyIndex(IndexContext context) {
        keyLengthMax = context.conclude().keyLengthMax();
        clear();
    }

    @Override
    public boolean accepts(int keyLength) {
        return keyLength <= keyLengthMax;
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public boolean get(DirectBuffer key, int offset, int length, KeyRecord into) {
        int slot = find(hash(key, offset, length), key, offset, length);
        if (keyLengths[slot] < 0) {
            return false;
        }
        int at = slot * FIELDS;
        into.createRevision = fields[at + CREATE];
        into.modRevision = fields[at + MOD];
        into.modSubRevision = (int) fields[at + SUB];
        into.version = fields[at + VERSION];
        into.lease = fields[at + LEASE];
        into.valueHash = fields[at + VALUE_HASH];
        into.depth = (int) fields[at + DEPTH];
        into.anchorRevision = fields[at + ANCHOR];
        into.anchorSubRevision = (int) fields[at + ANCHOR_SUB];
        return true;
    }

    @Override
    public boolean put(DirectBuffer key, int offset, int length, KeyRecord record) {
        if (!accepts(length)) {
            return false;
        }
        if ((entryCount + 1) * 3L > keyLengths.length * 2L || arenaUsed + length > arena.capacity()) {
            rewrite(length);
        }
        long hash = hash(key, offset, length);
        int slot = find(hash, key, offset, length);
        if (keyLengths[slot] < 0) {
            arena.putBytes(arenaUsed, key, offset, length);
            keyOffsets[slot] = arenaUsed;
            keyLengths[slot] = length;
            arenaUsed += length;
            entryCount++;
        }
        int at = slot * FIELDS;
        fields[at + CREATE] = record.createRevision;
        fields[at + MOD] = record.modRevision;
        fields[at + SUB] = record.modSubRevision;
        fields[at + VERSION] = record.version;
        fields[at + LEASE] = record.lease;
        fields[at + VALUE_HASH] = record.valueHash;
        fields[at + DEPTH] = record.depth;
        fields[at + ANCHOR] = record.anchorRevision;
        fields[at + ANCHOR_SUB] = record.anchorSubRevision;
        fields[at + HASH] = hash;
        return true;
    }

    @Override
    public void remove(DirectBuffer key, int offset, int length) {
        int slot = find(hash(key, offset, length), key, offset, length);
        if (keyLengths[slot] < 0) {
            return;
        }
        int mask = keyLengths.length - 1;
        int hole = slot;
        int probe = (hole + 1) & mask;
        while (keyLengths[probe] >= 0) {
            int home = (int) fields[probe * FIELDS + HASH] & mask;
            // An entry may move back into the hole unless its home lies cyclically in (hole, probe].
            if (((probe - home) & mask) >= ((probe - hole) & mask)) {
                move(probe, hole);
                hole = probe;
            }
            probe = (probe + 1) & mask;
        }
        keyLengths[hole] = -1;
        entryCount--;
    }

    @Override
    public int doWork(int budget) {
        return 0;
    }

    @Override
    public long entryCount() {
        return entryCount;
    }

    @Override
    public long offHeapBytes() {
        return 0;
    }

    @Override
    public void clear() {
        allocate(SLOTS_FIRST, ARENA_FIRST);
    }

    @Override
    public void close() {
        clear();
    }

    private void allocate(int slots, int arenaBytes) {
        keyLengths = new int[slots];
        Arrays.fill(keyLengths, -1);
        keyOffsets = new int[slots];
        fields = new long[slots * FIELDS];
        arena = new UnsafeBuffer(new byte[arenaBytes]);
        arenaUsed = 0;
        entryCount = 0;
    }

    private void rewrite(int extraLength) {
        int[] oldLengths = keyLengths;
        int[] oldOffsets = keyOffsets;
        long[] oldFields = fields;
        UnsafeBuffer oldArena = arena;
        long liveBytes = extraLength;
        for (int length : oldLengths) {
            liveBytes += Math.max(0, length);
        }
        int slots = (entryCount + 1) * 3L > oldLengths.length * 2L ? oldLengths.length * 2 : oldLengths.length;
        allocate(slots, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(ARENA_FIRST, liveBytes * 2)));
        for (int old = 0; old < oldLengths.length; old++) {
            int length = oldLengths[old];
            if (length >= 0) {
                int slot = find(oldFields[old * FIELDS + HASH], oldArena, oldOffsets[old], length);
                arena.putBytes(arenaUsed, oldArena, oldOffsets[old], length);
                keyOffsets[slot] = arenaUsed;
                keyLengths[slot] = length;
                arenaUsed += length;
                entryCount++;
                System.arraycopy(oldFields, old * FIELDS, fields, slot * FIELDS, FIELDS);
            }
        }
    }

    private void move(int from, int to) {
        keyLengths[to] = keyLengths[from];
        keyOffsets[to] = keyOffsets[from];
        System.arraycopy(fields, from * FIELDS, fields, to * FIELDS, FIELDS);
    }

    /** The key's slot, or the free slot where it belongs. */
    private int find(long hash, DirectBuffer key, int offset, int length) {
        int mask = keyLengths.length - 1;
        int slot = (int) hash & mask;
        while (keyLengths[slot] >= 0) {
            if (fields[slot * FIELDS + HASH] == hash
                    && keyLengths[slot] == length
                    && sameBytes(keyOffsets[slot], key, offset, length)) {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private boolean sameBytes(int at, DirectBuffer key, int offset, int length) {
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            if (arena.getLong(at + i) != key.getLong(offset + i)) {
                return false;
            }
        }
        for (; i < length; i++) {
            if (arena.getByte(at + i) != key.getByte(offset + i)) {
                return false;
            }
        }
        return true;
    }

    private static long hash(DirectBuffer key, int offset, int length) {
        long hash = 0x9E3779B97F4A7C15L ^ length;
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            hash = mix(hash ^ key.getLong(offset + i, ByteOrder.LITTLE_ENDIAN));
        }
        for (; i < length; i++) {
            hash = (hash ^ (key.getByte(offset + i) & 0xFF)) * 0x100000001B3L;
        }
        return mix(hash);
    }

    private static long mix(long value) {
        long a = (value ^ (value >>> 32)) * 0xD6E8FEB86659FD93L;
        long b = (a ^ (a >>> 32)) * 0xD6E8FEB86659FD93L;
        return b ^ (b >>> 32);
    }
}
