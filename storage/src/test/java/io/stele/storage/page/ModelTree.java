package io.stele.storage.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.agrona.concurrent.UnsafeBuffer;

/** What a tree should hold, and the comparison of both. */
final class ModelTree {
    static final class Entry {
        private final byte[] value;
        private final boolean counted;

        Entry(byte[] value, boolean counted) {
            this.value = value;
            this.counted = counted;
        }
    }

    private final NavigableMap<byte[], Entry> entries;

    ModelTree() {
        entries = new TreeMap<>(Arrays::compareUnsigned);
    }

    private ModelTree(NavigableMap<byte[], Entry> entries) {
        this.entries = new TreeMap<>(entries);
    }

    ModelTree copy() {
        return new ModelTree(entries);
    }

    NavigableMap<byte[], Entry> entries() {
        return entries;
    }

    void put(BTree tree, byte[] key, byte[] value, boolean counted) {
        boolean isNew =
                tree.put(new UnsafeBuffer(key), 0, key.length, new UnsafeBuffer(value), 0, value.length, counted);
        assertEquals(!entries.containsKey(key), isNew);
        entries.put(key, new Entry(value, counted));
    }

    void remove(BTree tree, byte[] key) {
        boolean wasThere = tree.remove(new UnsafeBuffer(key), 0, key.length);
        assertEquals(entries.remove(key) != null, wasThere);
    }

    void get(BTree tree, byte[] key) {
        Slice slice = new Slice();
        Entry expected = entries.get(key);
        assertEquals(expected != null, tree.get(new UnsafeBuffer(key), 0, key.length, slice));
        if (expected != null) {
            assertArrayEquals(expected.value, slice.toByteArray());
        }
    }

    void count(BTree tree, byte[] from, byte[] to) {
        long expected = 0;
        if (to == null || Arrays.compareUnsigned(from, to) < 0) {
            NavigableMap<byte[], Entry> tail = entries.tailMap(from, true);
            for (Entry entry : (to == null ? tail : tail.headMap(to, false)).values()) {
                expected += entry.counted ? 1 : 0;
            }
        }
        UnsafeBuffer end = to == null ? null : new UnsafeBuffer(to);
        assertEquals(
                expected, tree.countRange(new UnsafeBuffer(from), 0, from.length, end, 0, to == null ? 0 : to.length));
    }

    /** Seeks both ways around a key and walks a few steps. */
    void walk(Cursor cursor, byte[] key, int steps) {
        Map.Entry<byte[], Entry> expected = entries.ceilingEntry(key);
        boolean valid = cursor.seek(new UnsafeBuffer(key), 0, key.length);
        for (int i = 0; i < steps && expected != null; i++) {
            assertEntry(expected, cursor);
            valid = cursor.next();
            expected = entries.higherEntry(expected.getKey());
        }
        assertEquals(expected != null, valid);
        expected = entries.floorEntry(key);
        valid = cursor.seekFloor(new UnsafeBuffer(key), 0, key.length);
        for (int i = 0; i < steps && expected != null; i++) {
            assertEntry(expected, cursor);
            valid = cursor.previous();
            expected = entries.lowerEntry(expected.getKey());
        }
        assertEquals(expected != null, valid);
    }

    void assertSame(Cursor cursor) {
        boolean valid = cursor.first();
        for (Map.Entry<byte[], Entry> expected : entries.entrySet()) {
            assertTrue(valid);
            assertEntry(expected, cursor);
            valid = cursor.next();
        }
        assertFalse(valid);
        valid = cursor.last();
        for (Map.Entry<byte[], Entry> expected : entries.descendingMap().entrySet()) {
            assertTrue(valid);
            assertEntry(expected, cursor);
            valid = cursor.previous();
        }
        assertFalse(valid);
    }

    private static void assertEntry(Map.Entry<byte[], Entry> expected, Cursor cursor) {
        assertTrue(cursor.valid());
        assertArrayEquals(expected.getKey(), cursor.key().toByteArray());
        assertArrayEquals(expected.getValue().value, cursor.value().toByteArray());
        assertEquals(expected.getValue().counted, cursor.counted());
    }
}
