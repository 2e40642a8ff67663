package io.stele.server.watch;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Watchers of single keys, by key: a hash table whose hash nobody outside can predict. */
final class KeyTable {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int FIRST_LENGTH = 16;
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    private static final class Entry {
        final byte[] key;
        final int hash;
        final WatcherList watchers = new WatcherList();
        Entry next;

        Entry(byte[] key, int hash) {
            this.key = key;
            this.hash = hash;
        }
    }

    private final long seed;
    private Entry[] table = new Entry[FIRST_LENGTH];
    private int count;

    KeyTable(long seed) {
        this.seed = seed;
    }

    void add(Watcher watcher) {
        int hash = hash(watcher.key, watcher.key.length);
        Entry entry = find(watcher.key, watcher.key.length, hash);
        if (entry == null) {
            if (count == table.length) {
                grow();
            }
            entry = new Entry(watcher.key, hash);
            int place = hash & (table.length - 1);
            entry.next = table[place];
            table[place] = entry;
            count++;
        }
        entry.watchers.add(watcher);
    }

    void remove(Watcher watcher) {
        WatcherList watchers = watcher.list;
        watchers.remove(watcher);
        if (watchers.count() > 0) {
            return;
        }
        int place = hash(watcher.key, watcher.key.length) & (table.length - 1);
        Entry before = null;
        for (Entry entry = table[place]; entry != null; entry = entry.next) {
            if (entry.watchers == watchers) {
                if (before == null) {
                    table[place] = entry.next;
                } else {
                    before.next = entry.next;
                }
                count--;
                return;
            }
            before = entry;
        }
        throw new IllegalStateException("a watched key is not in its table");
    }

    void match(byte[] key, int length, MatchHandler handler) {
        if (count == 0) {
            return;
        }
        Entry entry = find(key, length, hash(key, length));
        if (entry != null) {
            handler.onMatch(entry.watchers);
        }
    }

    private Entry find(byte[] key, int length, int hash) {
        Entry entry = table[hash & (table.length - 1)];
        while (entry != null
                && (entry.hash != hash || !Arrays.equals(entry.key, 0, entry.key.length, key, 0, length))) {
            entry = entry.next;
        }
        return entry;
    }

    private void grow() {
        Entry[] old = table;
        table = new Entry[2 * old.length];
        for (Entry head : old) {
            Entry entry = head;
            while (entry != null) {
                Entry next = entry.next;
                int place = entry.hash & (table.length - 1);
                entry.next = table[place];
                table[place] = entry;
                entry = next;
            }
        }
    }

    private int hash(byte[] key, int length) {
        long hash = seed ^ length;
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            hash = mix(hash, (long) LONGS.get(key, i));
        }
        long rest = 0;
        for (; i < length; i++) {
            rest = (rest << Byte.SIZE) | (key[i] & 0xFF);
        }
        return (int) (mix(hash, rest) >>> Integer.SIZE);
    }

    private static long mix(long hash, long word) {
        long mixed = (hash ^ word) * MULTIPLIER;
        return (mixed ^ (mixed >>> 32)) * MULTIPLIER;
    }
}
