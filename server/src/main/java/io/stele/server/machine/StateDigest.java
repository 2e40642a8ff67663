package io.stele.server.machine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.index.KeyRecord;
import io.stele.storage.page.Slice;
import org.agrona.DirectBuffer;

/**
 * A 128 bit sum over all live keys, leases and what sessions remember, kept up to date by adding what comes and
 * subtracting what goes: the same on every member at the same log index, whatever the order of changes was. For finding
 * accidents, not attacks.
 */
final class StateDigest {
    private static final long SEED_LOW = 0x243F6A8885A308D3L;
    private static final long SEED_HIGH = 0x13198A2E03707344L;
    private static final long SEED_VALUE = 0xA4093822299F31D0L;
    private static final long LEASE_TAG = 0x082EFA98EC4E6C89L;
    private static final long SLOT_TAG = 0x452821E638D01377L;
    private static final long FACTOR_A = 0x9E3779B97F4A7C15L;
    private static final long FACTOR_B = 0xD6E8FEB86659FD93L;
    private static final long FACTOR_C = 0xC2B2AE3D27D4EB4FL;

    private long low;
    private long high;

    void load(long newLow, long newHigh) {
        low = newLow;
        high = newHigh;
    }

    long low() {
        return low;
    }

    long high() {
        return high;
    }

    void addKey(DirectBuffer key, int offset, int length, KeyRecord record) {
        replaceKey(key, offset, length, null, record);
    }

    void removeKey(DirectBuffer key, int offset, int length, KeyRecord record) {
        long keyLow = recordSum(hash(SEED_LOW, key, offset, length), record);
        minus(keyLow, recordSum(hash(SEED_HIGH, key, offset, length), record));
    }

    /** Removes a key's version, if there is one, and adds the one that follows it. */
    void replaceKey(DirectBuffer key, int offset, int length, KeyRecord old, KeyRecord next) {
        long hashLow = hash(SEED_LOW, key, offset, length);
        long hashHigh = hash(SEED_HIGH, key, offset, length);
        if (old != null) {
            minus(recordSum(hashLow, old), recordSum(hashHigh, old));
        }
        plus(recordSum(hashLow, next), recordSum(hashHigh, next));
    }

    void addLease(long leaseId, long ttl) {
        plus(leaseSum(SEED_LOW, leaseId, ttl), leaseSum(SEED_HIGH, leaseId, ttl));
    }

    /** For what else belongs to the state: an entry of a tree, under a number that is its kind's alone. */
    void addEntry(long kind, DirectBuffer key, int keyLength, DirectBuffer value, int offset, int length) {
        long hash = hash(kind, key, 0, keyLength);
        plus(hash(SEED_LOW ^ hash, value, offset, length), hash(SEED_HIGH ^ hash, value, offset, length));
    }

    void removeEntry(long kind, DirectBuffer key, int keyLength, DirectBuffer value, int offset, int length) {
        long hash = hash(kind, key, 0, keyLength);
        minus(hash(SEED_LOW ^ hash, value, offset, length), hash(SEED_HIGH ^ hash, value, offset, length));
    }

    void removeLease(long leaseId, long ttl) {
        minus(leaseSum(SEED_LOW, leaseId, ttl), leaseSum(SEED_HIGH, leaseId, ttl));
    }

    /** What a session's slot remembers; sequence 0 stands for the session itself. */
    void addSlot(long sessionId, long sequence, long outcome) {
        plus(slotSum(SEED_LOW, sessionId, sequence, outcome), slotSum(SEED_HIGH, sessionId, sequence, outcome));
    }

    /** What an entry of the sessions' tree stands for; replies stand for nothing, their slots tell of them. */
    void addSession(long sessionId, int kind, Slice value) {
        if (kind == SessionDescriptor.HEAD) {
            addSlot(sessionId, 0, SessionDescriptor.index(value.buffer(), value.offset()));
        } else if (SessionDescriptor.isTile(kind)) {
            for (int i = 0; i < SessionDescriptor.SLOTS_PER_TILE; i++) {
                int at = value.offset() + SessionDescriptor.slotAt(i);
                long sequence = SessionDescriptor.sequence(value.buffer(), at);
                if (sequence != 0) {
                    addSlot(sessionId, sequence, SessionDescriptor.outcome(value.buffer(), at));
                }
            }
        }
    }

    void removeSlot(long sessionId, long sequence, long outcome) {
        minus(slotSum(SEED_LOW, sessionId, sequence, outcome), slotSum(SEED_HIGH, sessionId, sequence, outcome));
    }

    static long valueHash(DirectBuffer value, int offset, int length) {
        return hash(SEED_VALUE, value, offset, length);
    }

    private void plus(long addLow, long addHigh) {
        long sum = low + addLow;
        high += addHigh + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
        low = sum;
    }

    private void minus(long subtractLow, long subtractHigh) {
        high -= subtractHigh + (Long.compareUnsigned(low, subtractLow) < 0 ? 1 : 0);
        low -= subtractLow;
    }

    private static long recordSum(long keyHash, KeyRecord record) {
        long sum = fold(keyHash ^ record.modRevision, FACTOR_A) + record.modSubRevision;
        sum = fold(sum ^ record.createRevision, FACTOR_B);
        sum = fold(sum ^ record.version, FACTOR_C);
        sum = fold(sum ^ record.lease, FACTOR_A);
        return fold(sum ^ record.valueHash, FACTOR_B);
    }

    private static long leaseSum(long seed, long leaseId, long ttl) {
        return fold(fold(seed ^ LEASE_TAG ^ leaseId, FACTOR_A) ^ ttl, FACTOR_B);
    }

    private static long slotSum(long seed, long sessionId, long sequence, long outcome) {
        long sum = fold(seed ^ SLOT_TAG ^ sessionId, FACTOR_A);
        return fold(fold(sum ^ sequence, FACTOR_B) ^ outcome, FACTOR_C);
    }

    /** Of three numbers. */
    static long hash(long seed, long first, long second, long third) {
        long hash = fold(seed ^ first, FACTOR_A);
        hash = fold(hash ^ second, FACTOR_B);
        return fold(hash ^ third, FACTOR_C);
    }

    static long hash(long seed, DirectBuffer buffer, int offset, int length) {
        long hash = fold(seed ^ length, FACTOR_C);
        int at = offset;
        int end = offset + length;
        for (; end - at >= 2 * Long.BYTES; at += 2 * Long.BYTES) {
            long first = fold(hash ^ buffer.getLong(at, LITTLE_ENDIAN), FACTOR_A);
            hash = first ^ fold(buffer.getLong(at + Long.BYTES, LITTLE_ENDIAN) + hash, FACTOR_B);
        }
        if (end - at >= Long.BYTES) {
            hash = fold(hash ^ buffer.getLong(at, LITTLE_ENDIAN), FACTOR_C);
            at += Long.BYTES;
        }
        long tail = 0;
        for (int shift = 0; at < end; at++, shift += Byte.SIZE) {
            tail |= (buffer.getByte(at) & 0xFFL) << shift;
        }
        return fold(hash ^ tail, FACTOR_B);
    }

    private static long fold(long value, long factor) {
        long mixed = value ^ (value >>> 32);
        return (mixed * factor) ^ Math.multiplyHigh(mixed, factor) ^ value;
    }
}
