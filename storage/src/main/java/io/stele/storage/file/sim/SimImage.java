package io.stele.storage.file.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The bytes of one simulated file, up to three times:
 *
 * <pre>
 *   cache    what readers see; ranges that are mapped live in their mapping and are collected from there
 *   clean    what the kernel believes to be on the disk; a sector is dirty where the cache differs from it
 *   durable  what is on the disk; differs from clean only after a sync that failed or lied
 * </pre>
 */
final class SimImage {
    private static final int SECTOR_LENGTH = SimDisk.SECTOR_LENGTH;

    /** What a mapping shows of a file's part that was cut, where a real one ends the process. */
    private static final byte CUT = 0x5A;

    private byte[] cache;
    private byte[] clean;
    private byte[] durable;
    private final List<Mapping> mappings = new ArrayList<>();

    SimImage(byte[] bytes) {
        cache = bytes.clone();
        clean = bytes.clone();
        durable = bytes.clone();
    }

    long length() {
        return cache.length;
    }

    byte[] bytes() {
        collect();
        return cache.clone();
    }

    byte[] durableBytes() {
        return durable.clone();
    }

    boolean isMapped(byte[] memory) {
        for (Mapping mapping : mappings) {
            if (mapping.bytes == memory) {
                return true;
            }
        }
        return false;
    }

    boolean isDurable(DirectBuffer memory, int offset, int length) {
        int from = memory.wrapAdjustment() + offset;
        for (Mapping mapping : mappings) {
            if (mapping.bytes == memory.byteArray()) {
                int at = mapping.position + from;
                return at + length <= durable.length
                        && Arrays.equals(mapping.bytes, from, from + length, durable, at, at + length);
            }
        }
        return false;
    }

    /** Zeros at the end, durable at once. */
    SimImage extend(int newLength) {
        collect();
        int oldLength = cache.length;
        cache = Arrays.copyOf(cache, newLength);
        clean = Arrays.copyOf(clean, newLength);
        durable = Arrays.copyOf(Arrays.copyOf(durable, oldLength), newLength);
        fillMappings(oldLength, (byte) 0);
        return this;
    }

    /** Durable with the next sync: a crash before it may bring back what was cut. */
    SimImage truncate(int newLength) {
        collect();
        cache = Arrays.copyOf(cache, newLength);
        clean = Arrays.copyOf(clean, newLength);
        fillMappings(newLength, CUT);
        return this;
    }

    private void fillMappings(int begin, byte value) {
        for (Mapping mapping : mappings) {
            int from = Math.max(0, begin - mapping.position);
            if (from < mapping.bytes.length) {
                Arrays.fill(mapping.bytes, from, mapping.bytes.length, value);
            }
        }
    }

    int read(long position, MutableDirectBuffer buffer, int offset, int count) {
        collect((int) Math.min(position, cache.length), (int) Math.min(position + count, cache.length));
        int available = (int) Math.max(0, Math.min(count, cache.length - position));
        if (available > 0) {
            buffer.putBytes(offset, cache, (int) position, available);
        }
        return available;
    }

    SimImage write(int position, DirectBuffer buffer, int offset, int count) {
        if (position + count > cache.length) {
            collect();
            cache = Arrays.copyOf(cache, position + count);
            clean = Arrays.copyOf(clean, position + count);
        }
        buffer.getBytes(offset, cache, position, count);
        // A write makes pages dirty even if it changes no byte; a store through a mapping that changes none is not
        // seen.
        for (int i = position; i < position + count; i++) {
            clean[i] = (byte) ~cache[i];
        }
        for (Mapping mapping : mappings) {
            int from = Math.max(position, mapping.position);
            int to = Math.min(position + count, mapping.position + mapping.bytes.length);
            if (from < to) {
                System.arraycopy(cache, from, mapping.bytes, from - mapping.position, to - from);
            }
        }
        return this;
    }

    /** Makes the sectors that {@code [from, to)} touches durable, and no others. */
    SimImage sync(int from, int to) {
        writeBack(from, to, () -> true);
        clean(from, to);
        return this;
    }

    /** Some dirty sectors reach the disk; the kernel may forget that the others did not. */
    void syncPartly(int from, int to, SplittableRandom random, boolean forget) {
        writeBack(from, to, random::nextBoolean);
        if (forget) {
            clean(from, to);
        }
    }

    /** Reports success, keeps nothing. */
    SimImage loseSync(int from, int to) {
        collect();
        clean(from, to);
        return this;
    }

    private void clean(int from, int to) {
        int first = from / SECTOR_LENGTH * SECTOR_LENGTH;
        int end = Math.min((to + SECTOR_LENGTH - 1) / SECTOR_LENGTH * SECTOR_LENGTH, cache.length);
        System.arraycopy(cache, first, clean, first, end - first);
    }

    private void writeBack(int begin, int end, BooleanSupplier written) {
        int first = begin / SECTOR_LENGTH * SECTOR_LENGTH;
        int last = Math.min((end + SECTOR_LENGTH - 1) / SECTOR_LENGTH * SECTOR_LENGTH, cache.length);
        collect(first, last);
        if (durable.length != cache.length) {
            durable = Arrays.copyOf(durable, cache.length);
        }
        int from = first;
        while (from < end) {
            int to = Math.min(from + SECTOR_LENGTH, cache.length);
            int same = Arrays.mismatch(cache, from, last, clean, from, last);
            if (same < 0) {
                return;
            }
            if (same >= SECTOR_LENGTH) {
                from += same / SECTOR_LENGTH * SECTOR_LENGTH;
                continue;
            }
            if (written.getAsBoolean()) {
                System.arraycopy(cache, from, durable, from, to - from);
                System.arraycopy(cache, from, clean, from, to - from);
            }
            from = to;
        }
    }

    void crash(SplittableRandom random) {
        collect();
        int length = random.nextBoolean() ? durable.length : cache.length;
        durable = Arrays.copyOf(durable, length);
        cache = Arrays.copyOf(cache, length);
        clean = Arrays.copyOf(clean, length);
        for (int from = 0; from < length; from += SECTOR_LENGTH) {
            int to = Math.min(from + SECTOR_LENGTH, length);
            if (!Arrays.equals(cache, from, to, clean, from, to)) {
                tear(random, from, to);
            }
        }
        cache = durable.clone();
        clean = durable.clone();
        mappings.clear();
    }

    private void tear(SplittableRandom random, int from, int to) {
        int fate = random.nextInt(6);
        int cut = from + 8 * random.nextInt((to - from + 7) / 8 + 1);
        for (int word = from; word < to; word += 8) {
            boolean isNew = fate < 2 || (fate == 2 && word < cut) || (fate == 3 && random.nextBoolean());
            if (isNew) {
                System.arraycopy(cache, word, durable, word, Math.min(8, to - word));
            }
        }
    }

    /** The process is gone; the cache stays. */
    void kill() {
        collect();
        mappings.clear();
    }

    void flipBit(int position, int bit) {
        collect();
        byte mask = (byte) (1 << bit);
        cache[position] ^= mask;
        clean[position] ^= mask;
        durable[position] ^= mask;
        scatter();
    }

    void copySector(int from, int to) {
        collect();
        System.arraycopy(durable, from, durable, to, SECTOR_LENGTH);
        System.arraycopy(cache, from, cache, to, SECTOR_LENGTH);
        System.arraycopy(clean, from, clean, to, SECTOR_LENGTH);
        scatter();
    }

    /** A range's memory; a range inside one that is mapped already shares it, as real pages do. */
    UnsafeBuffer map(int position, int length) {
        for (Mapping mapping : mappings) {
            int end = mapping.position + mapping.bytes.length;
            if (position >= mapping.position && position + length <= end) {
                mapping.useCount++;
                return new UnsafeBuffer(mapping.bytes, position - mapping.position, length);
            }
            if (position < end && position + length > mapping.position) {
                throw new UnsupportedOperationException("mappings that overlap in part are not simulated");
            }
        }
        Mapping mapping = new Mapping(position, Arrays.copyOfRange(cache, position, position + length));
        mappings.add(mapping);
        return new UnsafeBuffer(mapping.bytes);
    }

    void unmap(UnsafeBuffer buffer) {
        collect();
        mappings.removeIf(mapping -> mapping.bytes == buffer.byteArray() && --mapping.useCount == 0);
    }

    private void collect() {
        collect(0, cache.length);
    }

    /** Takes what was stored through mappings of {@code [begin, end)} into the cache. */
    private void collect(int begin, int end) {
        for (Mapping mapping : mappings) {
            int from = Math.max(begin, mapping.position);
            int to = Math.min(end, mapping.position + mapping.bytes.length);
            if (from < to) {
                System.arraycopy(mapping.bytes, from - mapping.position, cache, from, to - from);
            }
        }
    }

    private void scatter() {
        for (Mapping mapping : mappings) {
            int count = Math.min(mapping.bytes.length, cache.length - mapping.position);
            System.arraycopy(cache, mapping.position, mapping.bytes, 0, Math.max(0, count));
        }
    }

    private static final class Mapping {
        final int position;
        final byte[] bytes;
        int useCount = 1;

        Mapping(int position, byte[] bytes) {
            this.position = position;
            this.bytes = bytes;
        }
    }
}
