package io.stele.storage.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.storage.file.StorageException;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Space comes back by itself: reclaim steps between checkpoints shrink the file to little more than what it holds. */
final class ReclaimTest {
    private static final int VALUE_BYTES = 1024;
    private static final int ENTRIES = 20_000;

    private final UnsafeBuffer key = new UnsafeBuffer(new byte[12]);
    private final UnsafeBuffer value = new UnsafeBuffer(new byte[64 * 1024]);

    @Test
    void shouldShrinkTheFileAfterOverwritingAndDeletingMost() {
        HeapFileStore files = new HeapFileStore(256 << 20);
        PageStore store = PageStore.open(files, new PageStoreContext().regionBytes(1 << 20));
        BTree tree = store.tree(1);
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < ENTRIES; i++) {
                put(tree, (long) round * ENTRIES + i, VALUE_BYTES);
                if (round > 0) {
                    remove(tree, (long) (round - 1) * ENTRIES + i);
                }
                work(store, i);
            }
        }
        Random random = new Random(5);
        int live = 0;
        for (int i = 0; i < ENTRIES; i++) {
            if (random.nextInt(10) > 0) {
                remove(tree, 4L * ENTRIES + i);
            } else {
                live++;
            }
            work(store, i);
        }
        settle(store);

        long liveBytes = (long) live * VALUE_BYTES;
        assertEquals(live, tree.entryCount());
        assertTrue(
                store.spaceUsed() <= liveBytes * 1.1 + (256 << 10), "used " + store.spaceUsed() + " of " + liveBytes);
        assertTrue(
                store.fileLength() <= liveBytes * 1.1 + (1 << 20), "file " + store.fileLength() + " of " + liveBytes);
        assertEquals(List.of(), PageCheck.check(store).problems());
        store.close();
        assertEquals(List.of(), PageCheck.check(files, "pages").problems());
    }

    @Test
    void shouldEndWithinARegionAndGrowAfterRestart() {
        HeapFileStore files = new HeapFileStore(64 << 20);
        PageStoreContext context = new PageStoreContext();
        PageStore store = PageStore.open(files, context);
        long needed = fillAndSettle(store, 7 * ENTRIES / 4);
        assertTrue(store.fileLength() <= needed + needed / 32 + (3 << 20), store.fileLength() + " for " + needed);
        assertTrue(store.fileLength() % context.regionBytes() > 0);
        long length = store.fileLength();
        store.close();

        store = PageStore.open(files, context);
        assertTrue(store.fileLength() > length);
        for (int i = 0; i < ENTRIES; i++) {
            put(store.tree(1), ENTRIES * 3L + i, VALUE_BYTES);
            work(store, i);
        }
        store.checkpoint();
        assertEquals(List.of(), PageCheck.check(store).problems());
        store.close();
        assertEquals(List.of(), PageCheck.check(files, "pages").problems());
    }

    @Test
    void shouldServeAndRemoveButNotGrowWhereTheDiskIsFullAtTheStart() {
        HeapFileStore files = new HeapFileStore(64 << 20);
        PageStore store = PageStore.open(files, new PageStoreContext());
        fillAndSettle(store, ENTRIES);
        files.lengthMax = store.fileLength();
        store.close();

        PageStore full = PageStore.open(files, new PageStoreContext());
        BTree tree = full.tree(1);
        StorageException refused = assertThrows(StorageException.class, () -> {
            for (int i = 0; i < ENTRIES; i++) {
                put(tree, ENTRIES * 3L + i, VALUE_BYTES);
            }
        });
        assertEquals(StorageException.Kind.NO_SPACE, refused.kind());
        for (int i = ENTRIES / 2; i < ENTRIES; i++) {
            remove(tree, i);
        }
        full.checkpoint();
        assertEquals(List.of(), PageCheck.check(full).problems());
        full.close();
        files.lengthMax = Long.MAX_VALUE;
        store = PageStore.open(files, new PageStoreContext());
        put(store.tree(1), ENTRIES * 9L, 1 << 16);
        store.close();
    }

    /** A quarter more than that many entries, the first quarter removed again; the bytes that they then take. */
    private long fillAndSettle(PageStore store, int entries) {
        BTree tree = store.tree(1);
        for (int i = 0; i < entries + entries / 4; i++) {
            put(tree, i, VALUE_BYTES);
            work(store, i);
        }
        for (int i = 0; i < entries / 4; i++) {
            remove(tree, i);
        }
        settle(store);
        return store.spaceUsed();
    }

    /** Passes that only shorten the file must not forget how much was removed before them. */
    @Test
    void shouldPackAtLastWhatIsRemovedLittleByLittle() {
        HeapFileStore files = new HeapFileStore(256 << 20);
        PageStore store = PageStore.open(files, new PageStoreContext().regionBytes(1 << 20));
        BTree tree = store.tree(1);
        for (int i = 0; i < 4 * ENTRIES; i++) {
            put(tree, i, VALUE_BYTES);
            work(store, i);
        }
        for (int i = 3 * ENTRIES; i < 4 * ENTRIES; i++) {
            remove(tree, i);
        }
        int live = 3 * ENTRIES;
        for (int i = 0; i < 3 * ENTRIES; i++) {
            if (i % 3 == 0) {
                remove(tree, i);
                live--;
            }
            work(store, i);
        }
        settle(store);
        long liveBytes = (long) live * VALUE_BYTES;
        assertTrue(
                store.spaceUsed() <= liveBytes * 1.12 + (256 << 10), "used " + store.spaceUsed() + " of " + liveBytes);
        store.close();
        assertEquals(List.of(), PageCheck.check(files, "pages").problems());
    }

    @Test
    void shouldMoveOverflowRunsFromTheEndOfTheFile() {
        HeapFileStore files = new HeapFileStore(256 << 20);
        PageStore store = PageStore.open(files, new PageStoreContext().regionBytes(1 << 20));
        BTree tree = store.tree(1);
        Random random = new Random(7);
        for (int i = 0; i < 1000; i++) {
            put(tree, i, 10_000 + random.nextInt(50_000));
            work(store, i * 20);
        }
        long liveBytes = 0;
        Slice slice = new Slice();
        for (int i = 0; i < 1000; i++) {
            if (i % 10 != 9) {
                remove(tree, i);
            } else {
                key(i);
                assertTrue(tree.get(key, 0, 12, slice));
                liveBytes += slice.length();
            }
        }
        settle(store);
        assertTrue(
                store.fileLength() <= liveBytes * 1.2 + (1 << 20), "file " + store.fileLength() + " of " + liveBytes);
        for (int i = 9; i < 1000; i += 10) {
            key(i);
            assertTrue(tree.get(key, 0, 12, slice));
            assertEquals(i, slice.buffer().getLong(slice.offset()));
        }
        assertEquals(List.of(), PageCheck.check(store).problems());
    }

    @Test
    void shouldKeepWhatAPinnedViewSeesWhilePagesMove() {
        HeapFileStore files = new HeapFileStore(64 << 20);
        PageStore store = PageStore.open(files, new PageStoreContext().regionBytes(1 << 20));
        BTree tree = store.tree(1);
        for (int i = 0; i < 5000; i++) {
            put(tree, i, VALUE_BYTES);
        }
        store.checkpoint();
        try (ReadView view = store.pin()) {
            for (int i = 0; i < 5000; i++) {
                if (i % 10 != 0) {
                    remove(tree, i);
                }
            }
            settle(store);
            Cursor cursor = view.cursor(1);
            boolean valid = cursor.first();
            for (int i = 0; i < 5000; i++) {
                assertTrue(valid);
                assertEquals(i, cursor.key().buffer().getLong(cursor.key().offset(), ByteOrder.BIG_ENDIAN));
                assertEquals(i, cursor.value().buffer().getLong(cursor.value().offset()));
                valid = cursor.next();
            }
            assertEquals(5000, view.entryCount(1));
        }
        settle(store);
        assertTrue(store.fileLength() <= 2 << 20, "file " + store.fileLength());
        assertEquals(List.of(), PageCheck.check(store).problems());
    }

    @Test
    void shouldHaveNothingToDoInADenseStore() {
        PageStore store = PageStore.open(new HeapFileStore(64 << 20), new PageStoreContext().regionBytes(1 << 20));
        for (int i = 0; i < 5000; i++) {
            put(store.tree(1), i, VALUE_BYTES);
        }
        settle(store);
        assertEquals(0, store.reclaim(100, false));
        assertEquals(false, store.checkpointWanted());
    }

    /** What a node does all the time: a small step after each change, a checkpoint now and then. */
    private static void work(PageStore store, int i) {
        if (i % 10 == 0) {
            store.reclaim(4, false);
        }
        if (i % 3000 == 0) {
            store.checkpoint();
        }
    }

    /** What a node does when it is idle; must come to an end. */
    private static void settle(PageStore store) {
        for (int round = 0; round < 50; round++) {
            int steps = 0;
            while (store.reclaim(64, false) > 0) {
                assertTrue(++steps < 10_000, "reclaim does not end");
            }
            if (!store.checkpointWanted()) {
                return;
            }
            store.checkpoint();
        }
        throw new AssertionError("reclaim and checkpoints do not come to rest");
    }

    private void key(long number) {
        key.putLong(0, number, ByteOrder.BIG_ENDIAN);
    }

    private void put(BTree tree, long number, int length) {
        key(number);
        value.putLong(0, number);
        tree.put(key, 0, 12, value, 0, length, false);
    }

    private void remove(BTree tree, long number) {
        key(number);
        assertTrue(tree.remove(key, 0, 12));
    }
}
