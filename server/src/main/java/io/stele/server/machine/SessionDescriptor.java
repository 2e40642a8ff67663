package io.stele.server.machine;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Entries of the tree of client sessions.
 *
 * <pre>
 *   key:   | session id, 8 big endian | kind 1 |
 *
 *   kind                what                        value, little endian
 *   0                   the session; counted        | openedIndex 8 |
 *   1 .. 8              a tile: 16 slots            | usedIndex 8 | slot 0 | slot 1 | ... | slot 15 |
 *   128 .. 255          a reply, whole; of slot     the frame, its correlation id and its term 0
 *                       kind - 128
 *
 *   slot:  | sequence 8 | outcome 8: kind of outcome in the two highest bits, revision |
 * </pre>
 *
 * <p>Sequence s has slot s mod {@value #SLOT_COUNT}. A slot remembers the highest sequence it has seen, and what
 * became of it; sequence 0 is none. usedIndex: the log index of the last write of one of the tile's slots.
 */
final class SessionDescriptor {
    static final int SLOT_COUNT = 128;
    static final int SLOTS_PER_TILE = 16;
    static final int KEY_LENGTH = 9;
    static final int TILE_LENGTH = 8 + SLOTS_PER_TILE * 16;
    static final int HEAD_LENGTH = 8;

    static final int HEAD = 0;
    static final int FIRST_TILE = 1;
    static final int FIRST_REPLY = 128;

    /** A put without previous pair: the revision says it all. */
    static final int PUT = 0;
    /** The reply has an entry of its own. */
    static final int KEPT = 1;
    /** It was carried out, but the reply was too long to be kept. */
    static final int NOT_KEPT = 2;

    private static final int KIND_AT = 8;
    private static final int SLOTS_AT = 8;
    private static final int SLOT_LENGTH = 16;
    private static final int OUTCOME_SHIFT = 62;
    private static final long REVISION_MASK = (1L << OUTCOME_SHIFT) - 1;

    private SessionDescriptor() {}

    static void encodeKey(MutableDirectBuffer buffer, long sessionId, int kind) {
        buffer.putLong(0, sessionId, BIG_ENDIAN);
        buffer.putByte(KIND_AT, (byte) kind);
    }

    static long sessionId(DirectBuffer key, int offset) {
        return key.getLong(offset, BIG_ENDIAN);
    }

    static int kind(DirectBuffer key, int offset) {
        return key.getByte(offset + KIND_AT) & 0xFF;
    }

    static int slot(long sequence) {
        return (int) (sequence % SLOT_COUNT);
    }

    static int tileKind(int slot) {
        return FIRST_TILE + slot / SLOTS_PER_TILE;
    }

    static boolean isTile(int kind) {
        return kind >= FIRST_TILE && kind < FIRST_TILE + SLOT_COUNT / SLOTS_PER_TILE;
    }

    /** Of a head: the log index at which it was opened; of a tile: at which it was used last. */
    static long index(DirectBuffer value, int offset) {
        return value.getLong(offset, LITTLE_ENDIAN);
    }

    static void index(MutableDirectBuffer value, long logIndex) {
        value.putLong(0, logIndex, LITTLE_ENDIAN);
    }

    /** Where a slot begins, in the value of its tile. */
    static int slotAt(int slot) {
        return SLOTS_AT + slot % SLOTS_PER_TILE * SLOT_LENGTH;
    }

    static long sequence(DirectBuffer value, int slotAt) {
        return value.getLong(slotAt, LITTLE_ENDIAN);
    }

    static long outcome(DirectBuffer value, int slotAt) {
        return value.getLong(slotAt + Long.BYTES, LITTLE_ENDIAN);
    }

    static void encodeSlot(MutableDirectBuffer value, int slotAt, long sequence, long outcome) {
        value.putLong(slotAt, sequence, LITTLE_ENDIAN);
        value.putLong(slotAt + Long.BYTES, outcome, LITTLE_ENDIAN);
    }

    static long outcome(int kind, long revision) {
        return (long) kind << OUTCOME_SHIFT | revision;
    }

    static int outcomeKind(long outcome) {
        return (int) (outcome >>> OUTCOME_SHIFT);
    }

    static long outcomeRevision(long outcome) {
        return outcome & REVISION_MASK;
    }
}
