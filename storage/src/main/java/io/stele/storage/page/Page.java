package io.stele.storage.page;

import static io.stele.storage.page.PageDescriptor.BRANCH_SLOT_BYTES;
import static io.stele.storage.page.PageDescriptor.ENTRY_KEY;
import static io.stele.storage.page.PageDescriptor.ENTRY_KEY_LENGTH;
import static io.stele.storage.page.PageDescriptor.ENTRY_VALUE_LENGTH;
import static io.stele.storage.page.PageDescriptor.FLAG_COUNTED;
import static io.stele.storage.page.PageDescriptor.FLAG_OVERFLOW;
import static io.stele.storage.page.PageDescriptor.LEAF_SLOT_BYTES;
import static io.stele.storage.page.PageDescriptor.OFFSET_MASK;
import static io.stele.storage.page.PageDescriptor.PAGE_BLOCK;
import static io.stele.storage.page.PageDescriptor.PAGE_BLOCK_COUNT;
import static io.stele.storage.page.PageDescriptor.PAGE_CRC;
import static io.stele.storage.page.PageDescriptor.PAGE_DEAD_BYTES;
import static io.stele.storage.page.PageDescriptor.PAGE_ENTRY_COUNT;
import static io.stele.storage.page.PageDescriptor.PAGE_EPOCH;
import static io.stele.storage.page.PageDescriptor.PAGE_HEADER_BYTES;
import static io.stele.storage.page.PageDescriptor.PAGE_HEAP_OFFSET;
import static io.stele.storage.page.PageDescriptor.PAGE_LAST_INSERT;
import static io.stele.storage.page.PageDescriptor.PAGE_LEVEL;
import static io.stele.storage.page.PageDescriptor.PAGE_PREFIX_LENGTH;
import static io.stele.storage.page.PageDescriptor.PAGE_RUN_LENGTH;
import static io.stele.storage.page.PageDescriptor.PAGE_TREE_ID;
import static io.stele.storage.page.PageDescriptor.PAGE_TYPE;
import static io.stele.storage.page.PageDescriptor.SLOT_CHILD;
import static io.stele.storage.page.PageDescriptor.SLOT_CHILD_CRC;
import static io.stele.storage.page.PageDescriptor.SLOT_HEAD;
import static io.stele.storage.page.PageDescriptor.SLOT_WEIGHT;
import static io.stele.storage.page.PageDescriptor.SLOT_WORD;
import static io.stele.storage.page.PageDescriptor.TYPE_BRANCH;
import static io.stele.storage.page.PageDescriptor.TYPE_LEAF;

import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/** One page at {@code p} in buffer {@code b}: a flyweight without an object. Knows slots and heap, not trees. */
final class Page {
    private Page() {}

    static void init(UnsafeBuffer b, int p, int treeId, int level, long epoch, int block, int blockCount, int bytes) {
        b.putInt(p + PAGE_CRC, 0);
        b.putByte(p + PAGE_TYPE, level == 0 ? TYPE_LEAF : TYPE_BRANCH);
        b.putByte(p + PAGE_TREE_ID, (byte) treeId);
        b.putByte(p + PAGE_LEVEL, (byte) level);
        b.putByte(p + PAGE_LEVEL + 1, (byte) 0);
        b.putLong(p + PAGE_EPOCH, epoch);
        b.putInt(p + PAGE_BLOCK, block);
        b.putInt(p + PAGE_BLOCK_COUNT, blockCount);
        b.putInt(p + PAGE_ENTRY_COUNT, 0);
        b.putInt(p + PAGE_HEAP_OFFSET, bytes);
        b.putInt(p + PAGE_DEAD_BYTES, 0);
        b.putInt(p + PAGE_PREFIX_LENGTH, 0);
        b.putInt(p + PAGE_LAST_INSERT, -1);
        b.putInt(p + PAGE_RUN_LENGTH, 0);
    }

    static int crc(UnsafeBuffer b, int p) {
        return b.getInt(p + PAGE_CRC);
    }

    static long epoch(UnsafeBuffer b, int p) {
        return b.getLong(p + PAGE_EPOCH);
    }

    static int blockCount(UnsafeBuffer b, int p) {
        return b.getInt(p + PAGE_BLOCK_COUNT);
    }

    static int level(UnsafeBuffer b, int p) {
        return b.getByte(p + PAGE_LEVEL);
    }

    static int count(UnsafeBuffer b, int p) {
        return b.getInt(p + PAGE_ENTRY_COUNT);
    }

    static int prefixLength(UnsafeBuffer b, int p) {
        return b.getInt(p + PAGE_PREFIX_LENGTH);
    }

    /** Bytes between the slots and the heap. */
    static int gap(UnsafeBuffer b, int p, int stride) {
        return b.getInt(p + PAGE_HEAP_OFFSET) - PAGE_HEADER_BYTES - count(b, p) * stride;
    }

    /** Bytes that a compaction of the heap would leave free. */
    static int free(UnsafeBuffer b, int p, int stride) {
        return gap(b, p, stride) + b.getInt(p + PAGE_DEAD_BYTES);
    }

    static int stride(int level) {
        return level == 0 ? LEAF_SLOT_BYTES : BRANCH_SLOT_BYTES;
    }

    /** A branch's slot 0 has no key that counts. */
    static int firstKeyed(int level) {
        return level == 0 ? 0 : 1;
    }

    static int slot(int p, int stride, int index) {
        return p + PAGE_HEADER_BYTES + index * stride;
    }

    static int word(UnsafeBuffer b, int p, int stride, int index) {
        return b.getInt(slot(p, stride, index) + SLOT_WORD);
    }

    static boolean isCounted(UnsafeBuffer b, int p, int index) {
        return (word(b, p, LEAF_SLOT_BYTES, index) & FLAG_COUNTED) != 0;
    }

    static boolean isOverflow(UnsafeBuffer b, int p, int index) {
        return (word(b, p, LEAF_SLOT_BYTES, index) & FLAG_OVERFLOW) != 0;
    }

    /** Absolute offset of an entry in the buffer. */
    static int entry(UnsafeBuffer b, int p, int stride, int index) {
        return p + (word(b, p, stride, index) & OFFSET_MASK);
    }

    static int keyLength(UnsafeBuffer b, int entry) {
        return b.getShort(entry + ENTRY_KEY_LENGTH) & 0xFFFF;
    }

    static int valueLength(UnsafeBuffer b, int entry) {
        return b.getShort(entry + ENTRY_VALUE_LENGTH) & 0xFFFF;
    }

    static int value(UnsafeBuffer b, int entry) {
        return entry + ENTRY_KEY + keyLength(b, entry);
    }

    static int entryBytes(UnsafeBuffer b, int entry) {
        return ENTRY_KEY + keyLength(b, entry) + valueLength(b, entry);
    }

    static int child(UnsafeBuffer b, int p, int index) {
        return b.getInt(slot(p, BRANCH_SLOT_BYTES, index) + SLOT_CHILD);
    }

    static int childCrc(UnsafeBuffer b, int p, int index) {
        return b.getInt(slot(p, BRANCH_SLOT_BYTES, index) + SLOT_CHILD_CRC);
    }

    static long weight(UnsafeBuffer b, int p, int index) {
        return b.getLong(slot(p, BRANCH_SLOT_BYTES, index) + SLOT_WEIGHT);
    }

    /** Names a child that is not sealed yet. */
    static void child(UnsafeBuffer b, int p, int index, int block) {
        int slot = slot(p, BRANCH_SLOT_BYTES, index);
        b.putInt(slot + SLOT_CHILD, block);
        b.putInt(slot + SLOT_CHILD_CRC, 0);
    }

    static void weight(UnsafeBuffer b, int p, int index, long weight) {
        b.putLong(slot(p, BRANCH_SLOT_BYTES, index) + SLOT_WEIGHT, weight);
    }

    /** Counted entries of a leaf's slots {@code [from, to)}, or the weights of a branch's. */
    static long weightOf(UnsafeBuffer b, int p, int level, int from, int to) {
        long weight = 0;
        for (int i = from; i < to; i++) {
            weight += level == 0 ? word(b, p, LEAF_SLOT_BYTES, i) >>> 31 : weight(b, p, i);
        }
        return weight;
    }

    /** Index of the first entry at or after the key, or {@code ~index} when that entry's key differs. */
    static int search(UnsafeBuffer b, int p, int stride, int firstKeyed, SearchKey key) {
        int count = count(b, p);
        if (count <= firstKeyed) {
            return ~count;
        }
        int prefix = prefixLength(b, p);
        if (prefix > 0) {
            int order = key.comparePrefix(b, entry(b, p, stride, firstKeyed) + ENTRY_KEY, prefix);
            if (order != 0) {
                return order < 0 ? ~firstKeyed : ~count;
            }
        }
        return searchSlots(b, p, stride, firstKeyed, key, prefix);
    }

    /**
     * {@link #search} among keys that are taken to share their first {@code prefix} bytes with the key. What it finds
     * if they do not is no key's place; to look at their prefix would cost a cache line.
     */
    static int searchSlots(UnsafeBuffer b, int p, int stride, int firstKeyed, SearchKey key, int prefix) {
        int head = key.head(prefix);
        int low = firstKeyed;
        int high = count(b, p) - 1;
        int middle = high; // appends end here at once
        while (low <= high) {
            int order = Integer.compare(head, b.getInt(slot(p, stride, middle) + SLOT_HEAD));
            if (order == 0) {
                int entry = entry(b, p, stride, middle);
                order = key.compareTo(b, entry + ENTRY_KEY, keyLength(b, entry), prefix);
                if (order == 0) {
                    return middle;
                }
            }
            if (order < 0) {
                high = middle - 1;
            } else {
                low = middle + 1;
            }
            middle = (low + high) >>> 1;
        }
        return ~low;
    }

    /** Whether an entry's key is this one. */
    static boolean isKey(UnsafeBuffer b, int p, int stride, int index, SearchKey key) {
        int entry = entry(b, p, stride, index);
        return key.compareTo(b, entry + ENTRY_KEY, keyLength(b, entry), 0) == 0;
    }

    /** Index of the child that holds the key. */
    static int searchChild(UnsafeBuffer b, int p, SearchKey key) {
        int index = search(b, p, BRANCH_SLOT_BYTES, 1, key);
        return index >= 0 ? index : ~index - 1;
    }

    /**
     * Adds an entry at {@code index}; the gap must suffice. Returns the absolute offset of the room for the value.
     * The caller fills the value and, in a branch, child and weight.
     */
    static int insert(
            UnsafeBuffer b, int p, int index, UnsafeBuffer key, int keyOffset, int keyLength, int valueLength) {
        int level = level(b, p);
        int stride = stride(level);
        int count = count(b, p);
        int bytes = ENTRY_KEY + keyLength + valueLength;
        assert gap(b, p, stride) >= bytes + stride : "page overflow";

        int offset = b.getInt(p + PAGE_HEAP_OFFSET) - bytes;
        b.putInt(p + PAGE_HEAP_OFFSET, offset);
        b.putShort(p + offset + ENTRY_KEY_LENGTH, (short) keyLength);
        b.putShort(p + offset + ENTRY_VALUE_LENGTH, (short) valueLength);
        b.putBytes(p + offset + ENTRY_KEY, key, keyOffset, keyLength);

        int slot = slot(p, stride, index);
        if (index < count) {
            b.putBytes(slot + stride, b, slot, (count - index) * stride);
        }
        b.putInt(slot + SLOT_WORD, offset);
        b.putInt(p + PAGE_ENTRY_COUNT, count + 1);
        noteInsertion(b, p, index);
        fitPrefix(b, p, level, index);
        return p + offset + ENTRY_KEY + keyLength;
    }

    static void flags(UnsafeBuffer b, int p, int index, int flags) {
        int slot = slot(p, LEAF_SLOT_BYTES, index);
        b.putInt(slot + SLOT_WORD, (b.getInt(slot + SLOT_WORD) & OFFSET_MASK) | flags);
    }

    /** Removes a slot; its heap bytes die unless they are the newest. */
    static void remove(UnsafeBuffer b, int p, int index) {
        int stride = stride(level(b, p));
        int count = count(b, p);
        int entry = entry(b, p, stride, index);
        int bytes = entryBytes(b, entry);
        if (entry - p == b.getInt(p + PAGE_HEAP_OFFSET)) {
            b.putInt(p + PAGE_HEAP_OFFSET, entry - p + bytes);
        } else {
            b.putInt(p + PAGE_DEAD_BYTES, b.getInt(p + PAGE_DEAD_BYTES) + bytes);
        }
        int slot = slot(p, stride, index);
        b.putBytes(slot, b, slot + stride, (count - 1 - index) * stride);
        b.putInt(p + PAGE_ENTRY_COUNT, count - 1);
        b.putInt(p + PAGE_LAST_INSERT, -1);
        b.putInt(p + PAGE_RUN_LENGTH, 0);
    }

    /** Drops the slots from {@code index} on. */
    static void cut(UnsafeBuffer b, int p, int index) {
        int stride = stride(level(b, p));
        int dead = 0;
        for (int i = index, count = count(b, p); i < count; i++) {
            dead += entryBytes(b, entry(b, p, stride, i));
        }
        b.putInt(p + PAGE_DEAD_BYTES, b.getInt(p + PAGE_DEAD_BYTES) + dead);
        b.putInt(p + PAGE_ENTRY_COUNT, index);
        b.putInt(p + PAGE_LAST_INSERT, -1);
        b.putInt(p + PAGE_RUN_LENGTH, 0);
    }

    /** Appends slots {@code [from, to)} of another page of the same level. Heads are wrong until {@link #refit}. */
    static void append(UnsafeBuffer b, int p, UnsafeBuffer source, int sourcePage, int from, int to) {
        int stride = stride(level(b, p));
        int count = count(b, p);
        int offset = b.getInt(p + PAGE_HEAP_OFFSET);
        for (int i = from; i < to; i++) {
            int entry = entry(source, sourcePage, stride, i);
            int bytes = entryBytes(source, entry);
            offset -= bytes;
            b.putBytes(p + offset, source, entry, bytes);
            int slot = slot(p, stride, count);
            b.putBytes(slot, source, slot(sourcePage, stride, i), stride);
            b.putInt(slot + SLOT_WORD, (b.getInt(slot + SLOT_WORD) & ~OFFSET_MASK) | offset);
            count++;
        }
        b.putInt(p + PAGE_HEAP_OFFSET, offset);
        b.putInt(p + PAGE_ENTRY_COUNT, count);
        assert gap(b, p, stride) >= 0 : "page overflow";
    }

    /** Rewrites the heap without its dead bytes, by way of {@code scratch}, and sharpens prefix and heads. */
    static void compact(UnsafeBuffer b, int p, int bytes, UnsafeBuffer scratch) {
        int stride = stride(level(b, p));
        int heap = b.getInt(p + PAGE_HEAP_OFFSET);
        scratch.putBytes(heap, b, p + heap, bytes - heap);
        int offset = bytes;
        for (int i = 0, count = count(b, p); i < count; i++) {
            int slot = slot(p, stride, i);
            int word = b.getInt(slot + SLOT_WORD);
            int entry = word & OFFSET_MASK;
            int length = entryBytes(scratch, entry);
            offset -= length;
            b.putBytes(p + offset, scratch, entry, length);
            b.putInt(slot + SLOT_WORD, (word & ~OFFSET_MASK) | offset);
        }
        b.putInt(p + PAGE_HEAP_OFFSET, offset);
        b.putInt(p + PAGE_DEAD_BYTES, 0);
        refit(b, p);
    }

    /** Compacts if the gap is too small for so many bytes; they must be free. */
    static void makeGap(UnsafeBuffer b, int p, int need, int bytes, UnsafeBuffer scratch) {
        if (gap(b, p, stride(level(b, p))) < need) {
            compact(b, p, bytes, scratch);
        }
    }

    /** Makes prefix and heads those of the keys that are there. */
    static void refit(UnsafeBuffer b, int p) {
        int level = level(b, p);
        int stride = stride(level);
        int first = firstKeyed(level);
        int last = count(b, p) - 1;
        int prefix = 0;
        if (last >= first) {
            int a = entry(b, p, stride, first);
            int z = entry(b, p, stride, last);
            prefix = SearchKey.commonPrefix(b, a + ENTRY_KEY, keyLength(b, a), b, z + ENTRY_KEY, keyLength(b, z));
        }
        b.putInt(p + PAGE_PREFIX_LENGTH, prefix);
        for (int i = first; i <= last; i++) {
            int entry = entry(b, p, stride, i);
            b.putInt(slot(p, stride, i) + SLOT_HEAD, head(b, entry + ENTRY_KEY, keyLength(b, entry), prefix));
        }
    }

    /** Head of the new entry at {@code index}; where it does not share the page's prefix, all heads change. */
    private static void fitPrefix(UnsafeBuffer b, int p, int level, int index) {
        int first = firstKeyed(level);
        int stride = stride(level);
        if (index < first) {
            return;
        }
        int count = count(b, p);
        int prefix = prefixLength(b, p);
        int entry = entry(b, p, stride, index);
        int keyLength = keyLength(b, entry);
        if (count == first + 1) {
            prefix = keyLength;
            b.putInt(p + PAGE_PREFIX_LENGTH, prefix);
        } else if (prefix > 0) {
            int other = entry(b, p, stride, index == first ? first + 1 : first);
            int common = SearchKey.commonPrefix(
                    b, entry + ENTRY_KEY, Math.min(keyLength, prefix), b, other + ENTRY_KEY, prefix);
            if (common < prefix) {
                refit(b, p);
                return;
            }
        }
        b.putInt(slot(p, stride, index) + SLOT_HEAD, head(b, entry + ENTRY_KEY, keyLength, prefix));
    }

    static int head(UnsafeBuffer b, int key, int keyLength, int prefix) {
        int rest = keyLength - prefix;
        if (rest >= Integer.BYTES) {
            return b.getInt(key + prefix, ByteOrder.BIG_ENDIAN) ^ Integer.MIN_VALUE;
        }
        int head = 0;
        for (int i = 0; i < rest; i++) {
            head |= (b.getByte(key + prefix + i) & 0xFF) << (24 - 8 * i);
        }
        return head ^ Integer.MIN_VALUE;
    }

    /** Remembers runs of ascending insertions: a split in the middle of one would leave half-empty pages behind. */
    private static void noteInsertion(UnsafeBuffer b, int p, int index) {
        boolean follows = b.getInt(p + PAGE_LAST_INSERT) == index - 1;
        b.putInt(p + PAGE_LAST_INSERT, index);
        b.putInt(p + PAGE_RUN_LENGTH, follows ? b.getInt(p + PAGE_RUN_LENGTH) + 1 : 0);
    }

    static int runLength(UnsafeBuffer b, int p, int index) {
        return b.getInt(p + PAGE_LAST_INSERT) == index - 1 ? b.getInt(p + PAGE_RUN_LENGTH) : 0;
    }
}
