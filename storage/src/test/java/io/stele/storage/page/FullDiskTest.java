package io.stele.storage.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.storage.file.StorageException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** A full disk refuses puts and changes nothing; removals and checkpoints go on and make room again. */
final class FullDiskTest {
    @Test
    void shouldRefusePutsUntilRemovalsHaveMadeRoom() {
        for (int seed = 0; seed < 12; seed++) {
            fillAndEmpty(new Random(seed));
        }
    }

    @Test
    void shouldKeepTheLastBlocksForRemovalsAndCheckpoints() {
        HeapFileStore files = new HeapFileStore(4 << 20);
        files.lengthMax = 2 << 20;
        PageStore store = PageStore.open(files, context().pageBytes(0, 512));
        ModelTree model = new ModelTree();
        boolean full = false;
        for (int i = 0; !full; i++) {
            try {
                putNumber(store, model, i);
            } catch (StorageException e) {
                full = true;
            }
        }
        store.checkpoint();
        List<byte[]> all = new ArrayList<>(model.entries().keySet());
        for (int i = 0; i < 60; i++) { // each copies a leaf, and none of the old ones is free yet
            model.remove(store.tree(0), all.get(i * 37));
        }
        boolean refused = false;
        for (int i = 1; i < all.size() && !refused; i += 7) {
            try {
                model.remove(store.tree(0), all.get(i));
            } catch (StorageException e) {
                refused = true;
            }
        }
        assertTrue(refused);
        Checkpoint checkpoint = store.begin();
        checkpoint.run();
        store.complete(checkpoint);
        model.assertSame(store.tree(0).cursor());
        model.remove(store.tree(0), all.get(2));
        assertEquals(List.of(), PageCheck.check(store).problems());
    }

    @Test
    void shouldLetPutsThatBelongToRemovalsHaveWhatIsKeptForThese() {
        HeapFileStore files = new HeapFileStore(4 << 20);
        files.lengthMax = 2 << 20;
        PageStore store = PageStore.open(files, context());
        ModelTree model = new ModelTree();
        int number = putUntilRefused(store, model, 0);
        assertEquals(number, putUntilRefused(store, model, number));
        store.onlyRemovals(true);
        assertTrue(store.spaceObtainable() > 0);
        int further = putUntilRefused(store, model, number);
        assertTrue(further > number, "none of " + number + " more");
        store.onlyRemovals(false);
        assertEquals(further, putUntilRefused(store, model, further));
        model.assertSame(store.tree(0).cursor());
        store.checkpoint();
        assertEquals(List.of(), PageCheck.check(store).problems());
    }

    /** The first number that finds no room. */
    private static int putUntilRefused(PageStore store, ModelTree model, int from) {
        for (int i = from; ; i++) {
            try {
                putNumber(store, model, i);
            } catch (StorageException e) {
                return i;
            }
        }
    }

    @Test
    void shouldRefuseAPutThatWouldSplitWhenOnlyCrumbsAreFree() {
        HeapFileStore files = new HeapFileStore(4 << 20);
        files.lengthMax = 256 << 10;
        PageStore store = PageStore.open(files, context());
        ModelTree model = new ModelTree();
        for (int i = 0; i < 1000; i += 2) {
            putNumber(store, model, i);
        }
        List<Integer> crumbs = new ArrayList<>();
        while (store.fileLength() < files.lengthMax || store.map().freeCount() > 0) {
            crumbs.add(store.allocate(1));
        }
        for (int i = 0; i < crumbs.size(); i += 2) {
            store.free(crumbs.get(i), 1, store.epoch());
        }
        int refused = 0;
        for (int i = 1; i < 1000; i += 2) {
            try {
                putNumber(store, model, i);
            } catch (StorageException e) {
                assertEquals(StorageException.Kind.NO_SPACE, e.kind());
                refused++;
            }
        }
        assertTrue(refused > 0 && refused < 500, refused + " refused");
        model.assertSame(store.tree(0).cursor());
        for (int i = 1; i < crumbs.size(); i += 2) {
            store.free(crumbs.get(i), 1, store.epoch());
        }
        assertEquals(List.of(), PageCheck.check(store).problems());
    }

    @Test
    void shouldSayBeforehandWhetherThereIsRoom() {
        for (int seed = 0; seed < 12; seed++) {
            Random random = new Random(seed);
            HeapFileStore files = new HeapFileStore(4 << 20);
            files.lengthMax = 2 << 20;
            PageStore store = PageStore.open(files, context());
            ModelTree model = new ModelTree();
            int lengthMax = seed % 2 == 0 ? 300 : store.keyLengthMax();
            KeySource keys = new KeySource(random, lengthMax);
            int granted = 0;
            boolean refused = false;
            for (int i = 0; i < 20_000 && !refused; i++) {
                files.freeBytesReported = 0;
                refused = !store.ensureSpace(3, 3L * (2500 + lengthMax));
                for (int j = 0; j < 3 && !refused; j++) {
                    put(store, model, keys.next(), random.nextInt(2500), random);
                    granted++;
                }
                if (random.nextInt(50) == 0) {
                    store.checkpoint();
                }
            }
            assertTrue(refused && granted > 100, granted + " granted");
            model.assertSame(store.tree(0).cursor());
        }
    }

    private static void fillAndEmpty(Random random) {
        HeapFileStore files = new HeapFileStore(4 << 20);
        files.lengthMax = 1 << 20;
        PageStore store = PageStore.open(files, context());
        ModelTree model = new ModelTree();
        KeySource keys = new KeySource(random, 300);
        fill(store, model, keys, random);
        model.assertSame(store.tree(0).cursor());
        assertEquals(List.of(), PageCheck.check(store).problems());
        store.checkpoint();
        assertFalse(store.ensureSpace(10, 1 << 20));

        List<byte[]> all = new ArrayList<>(model.entries().keySet());
        for (byte[] key : all) {
            try {
                model.remove(store.tree(0), key);
            } catch (StorageException e) {
                assertEquals(StorageException.Kind.NO_SPACE, e.kind());
                model.get(store.tree(0), key);
                store.checkpoint(); // frees what the removals so far have copied
                assertTrue(store.ensureSpace(1, 0));
                assertTrue(store.tree(0).remove(new UnsafeBuffer(key), 0, key.length));
                model.entries().remove(key);
            }
        }
        assertEquals(List.of(), PageCheck.check(store).problems());
        assertEquals(0, store.tree(0).entryCount());
        store.checkpoint();
        store.checkpoint();
        fill(store, model, keys, random);
        model.assertSame(store.tree(0).cursor());
    }

    private static void fill(PageStore store, ModelTree model, KeySource keys, Random random) {
        boolean full = false;
        for (int i = 0; i < 100_000 && !full; i++) {
            byte[] key = keys.next();
            ModelTree.Entry before = model.entries().get(key);
            try {
                put(store, model, key, random.nextInt(10) == 0 ? random.nextInt(6000) : random.nextInt(300), random);
            } catch (StorageException e) {
                assertEquals(StorageException.Kind.NO_SPACE, e.kind());
                assertEquals(before, model.entries().get(key));
                model.get(store.tree(0), key);
                full = true;
            }
            if (random.nextInt(300) == 0) {
                store.checkpoint();
            }
        }
        assertTrue(full);
    }

    private static void putNumber(PageStore store, ModelTree model, int number) {
        byte[] key = new byte[8];
        new UnsafeBuffer(key).putLong(0, number, ByteOrder.BIG_ENDIAN);
        model.put(store.tree(0), key, new byte[20], true);
    }

    private static void put(PageStore store, ModelTree model, byte[] key, int length, Random random) {
        byte[] value = new byte[length];
        random.nextBytes(value);
        model.put(store.tree(0), key, value, true);
    }

    @Test
    void shouldFailToBeginACheckpointOnlyIfNothingIsLeftAtAll() {
        HeapFileStore files = new HeapFileStore(4 << 20);
        files.lengthMax = 64 << 10;
        PageStore store = PageStore.open(files, context());
        ModelTree model = new ModelTree();
        Random random = new Random(3);
        fill(store, model, new KeySource(random, 300), random);
        for (int i = 0; i < 20; i++) {
            store.checkpoint();
        }
        while (store.map().find(1) >= 0) {
            store.allocate(1);
        }
        assertThrows(StorageException.class, store::begin);
        model.assertSame(store.tree(0).cursor());
    }

    private static PageStoreContext context() {
        PageStoreContext context = new PageStoreContext().blockBytes(512).regionBytes(64 * 1024);
        for (int i = 0; i < PageStoreContext.TREE_COUNT; i++) {
            context.pageBytes(i, 1024);
        }
        return context;
    }
}
