package io.stele.storage.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** The check finds each kind of fault when one is planted, in memory and, sealed under right checksums, in the file. */
final class PageCheckTest {
    private static final int ENTRIES = 2000;

    private final HeapFileStore files = new HeapFileStore(8 << 20);
    private final PageStore store = PageStore.open(files, context());

    @Test
    void shouldFindNothingWrongWithAGoodStore() {
        shouldFind(null, tree -> {});
    }

    @Test
    void shouldFindABlockThatIsNeitherReachableNorFree() {
        shouldFind("is neither reachable nor free", tree -> store.allocate(1));
    }

    @Test
    void shouldFindABlockThatIsReachableAndFree() {
        shouldFind(
                "is reachable and free",
                tree -> store.map().unlink(tree.path().blocks[tree.path().leaf()], 2));
    }

    @Test
    void shouldFindAPageThatIsReachableTwice() {
        shouldFind("is reachable twice", tree -> {
            TreePath path = tree.path();
            int parent = path.leaf() - 1;
            UnsafeBuffer b = path.buffers[parent];
            int p = path.offsets[parent];
            Page.child(b, p, 1, Page.child(b, p, 0));
        });
    }

    @Test
    void shouldFindKeysOutOfOrder() {
        shouldFind("out of order", tree -> swapFirstSlots(tree, tree.path().leaf()));
    }

    @Test
    void shouldFindKeysOutsideOfTheirParentsBounds() {
        shouldFind("outside of its parent's bounds", tree -> {
            TreePath path = tree.path();
            UnsafeBuffer b = path.buffers[path.leaf()];
            int entry = Page.entry(b, path.offsets[path.leaf()], PageDescriptor.LEAF_SLOT_BYTES, 0);
            b.putByte(entry + PageDescriptor.ENTRY_KEY, (byte) 0x7F);
        });
    }

    @Test
    void shouldFindAWrongHead() {
        shouldFind("wrong prefix or head", tree -> {
            TreePath path = tree.path();
            UnsafeBuffer b = path.buffers[path.leaf()];
            int slot = Page.slot(path.offsets[path.leaf()], PageDescriptor.LEAF_SLOT_BYTES, 1);
            b.putInt(slot + PageDescriptor.SLOT_HEAD, 77);
        });
    }

    @Test
    void shouldFindAWrongWeight() {
        shouldFind("weighs", tree -> {
            UnsafeBuffer b = tree.path().buffers[0];
            Page.weight(b, tree.path().offsets[0], 0, 1 + Page.weight(b, tree.path().offsets[0], 0));
        });
    }

    @Test
    void shouldFindAWrongCount() {
        shouldFind("its root says", tree -> tree.root().entryCount++);
    }

    @Test
    void shouldFindABrokenHeap() {
        shouldFind("does not account for all of its bytes", tree -> {
            TreePath path = tree.path();
            UnsafeBuffer b = path.buffers[path.leaf()];
            int at = path.offsets[path.leaf()] + PageDescriptor.PAGE_DEAD_BYTES;
            b.putInt(at, b.getInt(at) + 8);
        });
    }

    @Test
    void shouldFindAWrongChecksum() {
        fill();
        store.checkpoint();
        int block = store.tree(0).path().blocks[store.tree(0).path().leaf()];
        files.bytes("pages")[block * 512 + 300] ^= 1;
        List<String> problems = PageCheck.check(files, "pages").problems();
        assertTrue(problems.stream().anyMatch(s -> s.contains("does not match the checksum")), problems.toString());
    }

    private void shouldFind(String expected, Consumer<BTree> damage) {
        fill();
        damage.accept(store.tree(0));
        assertFinds(expected, PageCheck.check(store).problems());
        store.checkpoint();
        assertFinds(expected, PageCheck.check(files, "pages").problems());
    }

    private static void assertFinds(String expected, List<String> problems) {
        if (expected == null) {
            assertEquals(List.of(), problems);
        } else {
            assertTrue(problems.stream().anyMatch(s -> s.contains(expected)), "not found: " + problems);
        }
    }

    /** Leaves the path at a leaf in the middle, all of it writable. */
    private void fill() {
        BTree tree = store.tree(0);
        UnsafeBuffer key = new UnsafeBuffer(new byte[8]);
        for (int i = 0; i < ENTRIES; i++) {
            key.putLong(0, i, ByteOrder.BIG_ENDIAN);
            tree.put(key, 0, 8, key, 0, 8, true);
        }
        key.putLong(0, ENTRIES / 2, ByteOrder.BIG_ENDIAN);
        assertTrue(tree.get(key, 0, 8, null));
        assertTrue(tree.root().height > 2);
    }

    private static void swapFirstSlots(BTree tree, int depth) {
        UnsafeBuffer b = tree.path().buffers[depth];
        int slot = Page.slot(tree.path().offsets[depth], PageDescriptor.LEAF_SLOT_BYTES, 0);
        long first = b.getLong(slot);
        b.putLong(slot, b.getLong(slot + Long.BYTES));
        b.putLong(slot + Long.BYTES, first);
    }

    private static PageStoreContext context() {
        return new PageStoreContext()
                .blockBytes(512)
                .regionBytes(64 * 1024)
                .pageBytes(0, 1024)
                .pageBytes(1, 1024)
                .pageBytes(2, 512)
                .pageBytes(3, 512)
                .pageBytes(4, 512)
                .pageBytes(5, 512)
                .pageBytes(6, 512)
                .pageBytes(7, 512);
    }
}
