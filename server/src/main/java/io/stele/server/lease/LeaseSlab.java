package io.stele.server.lease;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Records of fixed length off the heap, told apart by small numbers that are used again. Grows by chunks, so that a
 * million leases are never copied.
 *
 * <pre>
 *   0          8          16           24               32       36           40         44     46      47      48
 *   +----------+----------+------------+----------------+--------+------------+----------+------+-------+-------+
 *   | leaseId  | ttl (s)  | deadlineMs | checkpointMs   | next   | previous   | hashNext | list | state | flags |
 *   +----------+----------+------------+----------------+--------+------------+----------+------+-------+-------+
 * </pre>
 *
 * <p>next and previous chain the records of one list: those due at about one time, or those free.
 */
final class LeaseSlab {
    static final int NONE = -1;

    private static final int RECORD_LENGTH = 48;
    private static final int CHUNK_SHIFT = 12;
    private static final int CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;

    private static final int LEASE_ID = 0;
    private static final int TTL = 8;
    private static final int DEADLINE_MS = 16;
    private static final int CHECKPOINT_MS = 24;
    private static final int NEXT = 32;
    private static final int PREVIOUS = 36;
    private static final int HASH_NEXT = 40;
    private static final int LIST = 44;
    private static final int STATE = 46;
    private static final int FLAGS = 47;

    private final List<UnsafeBuffer> chunks = new ArrayList<>();
    private int firstFree = NONE;
    private int used;
    private int count;

    /** A record with everything 0 and in no list. */
    int allocate() {
        int slot = firstFree;
        if (slot == NONE) {
            if (used == chunks.size() << CHUNK_SHIFT) {
                chunks.add(new UnsafeBuffer(ByteBuffer.allocateDirect(RECORD_LENGTH << CHUNK_SHIFT)));
            }
            slot = used++;
        } else {
            firstFree = next(slot);
        }
        chunk(slot).setMemory(at(slot), RECORD_LENGTH, (byte) 0);
        list(slot, NONE);
        count++;
        return slot;
    }

    void free(int slot) {
        next(slot, firstFree);
        firstFree = slot;
        count--;
    }

    int count() {
        return count;
    }

    long leaseId(int slot) {
        return chunk(slot).getLong(at(slot) + LEASE_ID);
    }

    void leaseId(int slot, long value) {
        chunk(slot).putLong(at(slot) + LEASE_ID, value);
    }

    long ttl(int slot) {
        return chunk(slot).getLong(at(slot) + TTL);
    }

    void ttl(int slot, long value) {
        chunk(slot).putLong(at(slot) + TTL, value);
    }

    long deadlineMs(int slot) {
        return chunk(slot).getLong(at(slot) + DEADLINE_MS);
    }

    void deadlineMs(int slot, long value) {
        chunk(slot).putLong(at(slot) + DEADLINE_MS, value);
    }

    long checkpointMs(int slot) {
        return chunk(slot).getLong(at(slot) + CHECKPOINT_MS);
    }

    void checkpointMs(int slot, long value) {
        chunk(slot).putLong(at(slot) + CHECKPOINT_MS, value);
    }

    /** When something is to be done about it. */
    long timerMs(int slot) {
        return Math.min(deadlineMs(slot), checkpointMs(slot));
    }

    int next(int slot) {
        return chunk(slot).getInt(at(slot) + NEXT);
    }

    void next(int slot, int value) {
        chunk(slot).putInt(at(slot) + NEXT, value);
    }

    int previous(int slot) {
        return chunk(slot).getInt(at(slot) + PREVIOUS);
    }

    void previous(int slot, int value) {
        chunk(slot).putInt(at(slot) + PREVIOUS, value);
    }

    int hashNext(int slot) {
        return chunk(slot).getInt(at(slot) + HASH_NEXT);
    }

    void hashNext(int slot, int value) {
        chunk(slot).putInt(at(slot) + HASH_NEXT, value);
    }

    /** Number of the list that it is in, or {@link #NONE}. */
    int list(int slot) {
        return chunk(slot).getShort(at(slot) + LIST);
    }

    void list(int slot, int value) {
        chunk(slot).putShort(at(slot) + LIST, (short) value);
    }

    byte state(int slot) {
        return chunk(slot).getByte(at(slot) + STATE);
    }

    void state(int slot, byte value) {
        chunk(slot).putByte(at(slot) + STATE, value);
    }

    byte flags(int slot) {
        return chunk(slot).getByte(at(slot) + FLAGS);
    }

    void flags(int slot, byte value) {
        chunk(slot).putByte(at(slot) + FLAGS, value);
    }

    private UnsafeBuffer chunk(int slot) {
        return chunks.get(slot >>> CHUNK_SHIFT);
    }

    private static int at(int slot) {
        return (slot & CHUNK_MASK) * RECORD_LENGTH;
    }
}
