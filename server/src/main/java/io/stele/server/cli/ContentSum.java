package io.stele.server.cli;

import org.agrona.DirectBuffer;

/** How many keys there are and a sum over all that is known of each, whatever their order. */
final class ContentSum {
    private static final long FACTOR = 0x9E3779B97F4A7C15L;

    private long count;
    private long low;
    private long high;

    void add(DirectBuffer key, DirectBuffer value, long createRevision, long modRevision, long version, long lease) {
        long hash = mix(bytes(1, key) ^ createRevision);
        hash = mix(bytes(hash, value) ^ modRevision);
        hash = mix(mix(hash ^ version) ^ lease);
        count++;
        low += hash;
        high += mix(hash + FACTOR);
    }

    private static long bytes(long seed, DirectBuffer buffer) {
        long hash = mix(seed ^ buffer.capacity());
        int at = 0;
        for (; at + Long.BYTES <= buffer.capacity(); at += Long.BYTES) {
            hash = mix(hash ^ buffer.getLong(at));
        }
        for (; at < buffer.capacity(); at++) {
            hash = mix(hash ^ buffer.getByte(at));
        }
        return hash;
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 32)) * FACTOR;
        return mixed ^ Math.multiplyHigh(mixed, FACTOR) ^ (mixed >>> 29);
    }

    long count() {
        return count;
    }

    boolean isSameAs(ContentSum other) {
        return count == other.count && low == other.low && high == other.high;
    }

    @Override
    public String toString() {
        return count + " keys with sum " + Long.toHexString(high) + Long.toHexString(low);
    }
}
