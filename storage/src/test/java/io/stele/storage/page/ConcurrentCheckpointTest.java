package io.stele.storage.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Checkpoints and readers of views on threads of their own, beside a node thread that goes on changing everything. */
final class ConcurrentCheckpointTest {
    private static final int ROUNDS = 40;

    @Test
    void shouldSealFrozenPagesWhileTheirCopiesAreWritten() throws Exception {
        Random random = new Random(21);
        HeapFileStore files = new HeapFileStore(64 << 20);
        PageStoreContext context = BTreeTest.small(new Random(4)).regionBytes(256 * 1024);
        PageStore store = PageStore.open(files, context);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            ModelTree model = new ModelTree();
            change(store, model, random, 4000);
            for (int round = 0; round < ROUNDS; round++) {
                ReadView view = store.pin();
                ModelTree seen = model.copy();
                Checkpoint checkpoint = store.begin();
                Future<?> sealing = threads.submit(checkpoint::run);
                Future<?> reading = threads.submit(() -> seen.assertSame(view.cursor(0)));
                do {
                    change(store, model, random, 50);
                    store.reclaim(10, false);
                } while (!sealing.isDone());
                sealing.get();
                reading.get();
                view.close();
                store.complete(checkpoint);
                if (round % 10 == 0) {
                    store.checkpoint();
                    assertEquals(List.of(), PageCheck.check(store).problems());
                    assertEquals(List.of(), PageCheck.check(files, "pages").problems());
                    store.close();
                    store = PageStore.open(files, context);
                }
            }
            model.assertSame(store.tree(0).cursor());
            store.checkpoint();
            assertEquals(List.of(), PageCheck.check(files, "pages").problems());
        } finally {
            threads.shutdownNow();
            assertTrue(threads.awaitTermination(10, TimeUnit.SECONDS));
        }
    }

    /** A page that was copied while its original was being sealed, and copied again: its slots must still be filled. */
    @Test
    void shouldFillSlotsThatWereCopiedEmptyMoreThanOnce() {
        HeapFileStore files = new HeapFileStore(8 << 20);
        PageStoreContext context = BTreeTest.small(new Random(4));
        PageStore store = PageStore.open(files, context);
        ModelTree model = new ModelTree();
        Random random = new Random(9);
        change(store, model, random, 3000);
        for (int i = 0; i < 6; i++) {
            Checkpoint checkpoint = store.begin();
            change(store, model, random, 2); // copies branches whose slots are still empty
            checkpoint.run();
            store.complete(checkpoint);
        }
        store.checkpoint();
        store.close();
        assertEquals(List.of(), PageCheck.check(files, "pages").problems());
    }

    private static void change(PageStore store, ModelTree model, Random random, int count) {
        for (int i = 0; i < count; i++) {
            byte[] key = new byte[8];
            new UnsafeBuffer(key).putLong(0, random.nextInt(6000) * 0x9E3779B97F4A7C15L);
            if (random.nextInt(4) == 0) {
                model.remove(store.tree(0), key);
            } else {
                byte[] value = new byte[random.nextInt(40)];
                random.nextBytes(value);
                model.put(store.tree(0), key, value, true);
            }
        }
    }
}
