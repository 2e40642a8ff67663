package io.stele.storage.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.sim.SimDisk;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rot, lost and misdirected writes: whatever is read is right, or it is an error that names file and position. */
final class CorruptionTest {
    private static final int BLOCK = 512;
    private static final int PAGE = 1024;
    private static final int FIRST_BLOCK = 16 * 1024 / BLOCK;
    private static final PageStoreContext CONTEXT = context();

    private final SimDisk disk = new SimDisk();
    private final ModelTree model = new ModelTree();
    private final Random random = new Random(11);
    private byte[] older;

    @BeforeEach
    void fill() {
        try (FileStore files = disk.mount()) {
            PageStore store = PageStore.open(files, CONTEXT);
            KeySource keys = new KeySource(random, 200);
            for (int i = 0; i < 600; i++) {
                put(store, keys.next(), random.nextInt(10) == 0 ? random.nextInt(3000) : random.nextInt(60));
            }
            store.checkpoint();
            older = disk.bytes("pages");
            for (int i = 0; i < 600; i++) {
                if (i == 300) {
                    store.checkpoint(); // from here on, places of the older state are used again
                }
                byte[] key = model.entries().ceilingKey(keys.next());
                put(store, key == null ? new byte[] {1} : key, random.nextInt(60));
            }
            store.checkpoint();
            store.checkpoint();
            store.close();
        }
    }

    @Test
    void shouldNeverServeFlippedBits() {
        byte[] good = disk.bytes("pages");
        int detected = 0;
        int tries = 400;
        BitSet live = liveBlocks();
        for (int i = 0; i < tries; i++) {
            int block = 16 * 1024 / BLOCK + random.nextInt(good.length / BLOCK - 16 * 1024 / BLOCK);
            block = live.nextSetBit(block) < 0 ? live.nextSetBit(16 * 1024 / BLOCK) : live.nextSetBit(block);
            disk.flipBit("pages", (long) block * BLOCK + random.nextInt(BLOCK), random.nextInt(8));
            detected += isDetected() ? 1 : 0;
            disk.replace("pages", good);
        }
        assertTrue(detected > tries * 3 / 4, "only " + detected + " of " + tries + " detected");
    }

    @Test
    void shouldNeverServeAPageThatWasNotWritten() {
        byte[] good = disk.bytes("pages");
        BitSet live = liveBlocks();
        int lost = 0;
        int lostPages = 0;
        for (int block = live.nextSetBit(FIRST_BLOCK); block >= 0; block = live.nextSetBit(block + 1)) {
            for (int length = BLOCK; length <= PAGE && block * BLOCK + length <= older.length; length += BLOCK) {
                byte[] damaged = good.clone();
                System.arraycopy(older, block * BLOCK, damaged, block * BLOCK, length);
                disk.replace("pages", damaged);
                boolean isWholePage = length == PAGE && isPage(older, block) && isPage(good, block);
                boolean differs = !Arrays.equals(good, damaged);
                boolean detected = isDetected();
                lost += detected ? 1 : 0;
                lostPages += detected && isWholePage ? 1 : 0;
                assertTrue(detected || !isWholePage || !differs, "an old page was served at block " + block);
                disk.replace("pages", good);
            }
        }
        assertTrue(lost > 10 && lostPages > 5, lost + " lost writes mattered, " + lostPages + " of whole pages");
    }

    @Test
    void shouldNeverServeAMisdirectedWrite() {
        byte[] good = disk.bytes("pages");
        BitSet live = liveBlocks();
        int detected = 0;
        for (int i = 0; i < 200; i++) {
            int from = live.nextSetBit(random.nextInt(live.length()));
            int to = live.nextSetBit(16 * 1024 / BLOCK + random.nextInt(live.length() - 16 * 1024 / BLOCK));
            disk.copySector("pages", (long) from * BLOCK, (long) to * BLOCK);
            detected += isDetected() ? 1 : 0;
            disk.replace("pages", good);
        }
        assertTrue(detected > 100, "only " + detected + " detected");
    }

    @Test
    void shouldSurviveTheLossOfOneCopyOfTheNewestRoot() {
        for (int slot = 0; slot < 4; slot++) {
            byte[] good = disk.bytes("pages");
            for (int i = 0; i < 8; i++) {
                disk.flipBit("pages", slot * 4096L + 100 + i, i);
            }
            try (FileStore files = disk.mount()) {
                PageStore store = PageStore.open(files, CONTEXT);
                model.assertSame(store.tree(0).cursor());
                store.close();
            }
            disk.replace("pages", good);
        }
    }

    @Test
    void shouldRefuseAFileWithoutAValidRoot() {
        for (int slot = 0; slot < 4; slot++) {
            disk.flipBit("pages", slot * 4096L + 40, 3);
        }
        try (FileStore files = disk.mount()) {
            StorageException e = assertThrows(StorageException.class, () -> PageStore.open(files, CONTEXT));
            assertEquals(StorageException.Kind.CORRUPT, e.kind());
            assertFalse(PageCheck.check(files, "pages").isClean());
        }
    }

    @Test
    void shouldRefuseAFileThatHasBeenCutShort() {
        byte[] good = disk.bytes("pages");
        disk.replace("pages", Arrays.copyOf(good, 64 * 1024));
        try (FileStore files = disk.mount()) {
            assertThrows(StorageException.class, () -> PageStore.open(files, CONTEXT));
        }
    }

    /** Opens and reads everything; what is left of a run's last block is not looked at. True if an error came up. */
    private boolean isDetected() {
        boolean failed = false;
        try (FileStore files = disk.mount()) {
            try {
                PageStore store = PageStore.open(files, CONTEXT);
                model.assertSame(store.tree(0).cursor());
                for (byte[] key : model.entries().keySet()) {
                    model.get(store.tree(0), key);
                }
                store.close();
            } catch (StorageException e) {
                assertEquals(StorageException.Kind.CORRUPT, e.kind());
                assertTrue(e.getMessage().contains("'pages'"), e.getMessage());
                failed = true;
            }
        } catch (IllegalStateException e) {
            throw new AssertionError(e);
        }
        disk.crash(1);
        if (failed) {
            try (FileStore files = disk.mount()) {
                assertFalse(PageCheck.check(files, "pages").isClean(), "the check missed what a reader met");
            }
        }
        return failed;
    }

    private static boolean isPage(byte[] file, int block) {
        UnsafeBuffer b = new UnsafeBuffer(file);
        return b.getInt(block * BLOCK + PageDescriptor.PAGE_BLOCK) == block
                && b.getInt(block * BLOCK + PageDescriptor.PAGE_BLOCK_COUNT) == PAGE / BLOCK;
    }

    private BitSet liveBlocks() {
        BitSet live = new BitSet();
        try (FileStore files = disk.mount()) {
            PageStore store = PageStore.open(files, CONTEXT);
            for (int i = 0; i < store.map().capacity(); i++) {
                live.set(i, store.map().isLive(i));
            }
            assertEquals(List.of(), PageCheck.check(store).problems());
            store.close();
        }
        return live;
    }

    private void put(PageStore store, byte[] key, int length) {
        byte[] value = new byte[length];
        random.nextBytes(value);
        model.put(store.tree(0), key, value, true);
        assertTrue(store.tree(0).get(new UnsafeBuffer(key), 0, key.length, null));
    }

    private static PageStoreContext context() {
        PageStoreContext context = new PageStoreContext().blockBytes(BLOCK).regionBytes(64 * 1024);
        for (int i = 0; i < PageStoreContext.TREE_COUNT; i++) {
            context.pageBytes(i, PAGE);
        }
        return context;
    }
}
