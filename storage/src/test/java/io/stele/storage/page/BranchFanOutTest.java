package io.stele.storage.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Trees stay low however long their keys are and in whatever order they come and go. */
final class BranchFanOutTest {
    private static final int[] KEY_LENGTHS = {100, 900, 2_000, 2_600, 3_000, 4_000, 7_000, 8_000, 10_000, 20_000, 32_000
    };

    private final UnsafeBuffer key = new UnsafeBuffer(new byte[PageStoreContext.KEY_LENGTH_MAX]);

    /** In which order numbers come. */
    private enum Order {
        ASCENDING,
        DESCENDING,
        RANDOM,
        /** From both ends to the middle. */
        ZIG_ZAG,
        /** From the middle to both ends. */
        ZAG_ZIG,
        /** Short ascending runs, each before the one before it. */
        STEPS
    }

    @Test
    void shouldStayLowWithSmallPages() {
        for (Order order : Order.values()) {
            fillAndEmpty(order, 512, 512, 128 * 1024);
        }
    }

    @Test
    void shouldStayLowWithPagesOfTheDefaultLengths() {
        for (Order order : Order.values()) {
            fillAndEmpty(order, 4096, 8192, 8 << 20);
        }
    }

    private void fillAndEmpty(Order order, int blockBytes, int pageBytes, int regionBytes) {
        for (int keyLength : KEY_LENGTHS) {
            HeapFileStore files = new HeapFileStore(48 << 20);
            PageStoreContext context =
                    new PageStoreContext().blockBytes(blockBytes).regionBytes(regionBytes);
            for (int i = 0; i < PageStoreContext.TREE_COUNT; i++) {
                context.pageBytes(i, pageBytes);
            }
            PageStore store = PageStore.open(files, context);
            if (keyLength > store.keyLengthMax()) {
                continue;
            }
            String what = order + ", keys of " + keyLength + ", pages of " + pageBytes;
            List<Integer> numbers = numbers(order, Math.min(2_500, 5_000_000 / keyLength));
            BTree tree = store.tree(0);
            for (int i = 0; i < numbers.size(); i++) {
                int length = key(numbers.get(i), keyLength);
                assertTrue(tree.put(key, 0, length, key, 0, 3, true), what);
                if (i % 256 == 255) {
                    assertLow(tree, what);
                    store.checkpoint();
                }
            }
            assertLow(tree, what);
            assertEquals(List.of(), PageCheck.check(store).problems(), what);
            for (int i = 0; i < numbers.size(); i++) {
                int length = key(numbers.get(i), keyLength);
                assertTrue(tree.get(key, 0, length, null), what);
                assertTrue(tree.remove(key, 0, length), what);
                if (i % 256 == 255) {
                    store.checkpoint();
                    store.reclaim(50, false);
                    assertEquals(List.of(), PageCheck.check(store).problems(), what);
                }
            }
            assertEquals(0, tree.entryCount(), what);
            assertEquals(List.of(), PageCheck.check(store).problems(), what);
            store.close();
        }
    }

    /** Keys of all lengths side by side, put and removed: branches become longer and, as they merge, shorter again. */
    @Test
    void shouldStayLowWhereLengthsAreMixed() {
        for (int seed = 0; seed < 8; seed++) {
            Random random = new Random(seed);
            PageStore store = PageStore.open(new HeapFileStore(64 << 20), new PageStoreContext());
            BTree tree = store.tree(0);
            ModelTree model = new ModelTree();
            int lengthMax = 200 << random.nextInt(8);
            for (int wave = 0; wave < 8; wave++) {
                for (int i = 0; i < 150; i++) {
                    int number = random.nextInt(100_000);
                    byte[] bytes = new byte[key(number, 8 + random.nextInt(lengthMax))];
                    key.getBytes(0, bytes);
                    model.put(tree, bytes, new byte[random.nextInt(300)], true);
                }
                assertLow(tree, "seed " + seed);
                byte[] from = new byte[key(random.nextInt(100_000), 8 + random.nextInt(lengthMax))];
                key.getBytes(0, from);
                for (byte[] bytes :
                        List.copyOf(model.entries().tailMap(from, true).keySet())) {
                    model.remove(tree, bytes);
                }
                store.checkpoint();
                store.reclaim(100, false);
                assertEquals(List.of(), PageCheck.check(store).problems(), "seed " + seed);
            }
            model.assertSame(tree.cursor());
            List<byte[]> all = new ArrayList<>(model.entries().keySet());
            for (byte[] bytes : all) {
                assertLow(tree, "seed " + seed);
                model.remove(tree, bytes);
            }
            store.close();
        }
    }

    private static void assertLow(BTree tree, String what) {
        int height = tree.root().height;
        boolean isLow = height <= 2 || (1L << (2 * (height - 2))) <= tree.entryCount(); // at most 2 + log4
        assertTrue(isLow, what + ": " + height + " levels, " + tree.entryCount() + " keys");
    }

    /** Writes a key that differs from others only at its end, as do versions of one user's key; returns its length. */
    private int key(int number, int length) {
        key.setMemory(0, length, (byte) 'k');
        key.putInt(length - Integer.BYTES, number, ByteOrder.BIG_ENDIAN);
        return length;
    }

    private static List<Integer> numbers(Order order, int count) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int half = (i & 1) == 0 ? i / 2 : -(i + 1) / 2;
            numbers.add(
                    switch (order) {
                        case ASCENDING, RANDOM -> i;
                        case DESCENDING -> count - i;
                        case ZIG_ZAG -> half < 0 ? count + half : half;
                        case ZAG_ZIG -> count + half;
                        case STEPS -> count * 16 - i / 9 * 16 + i % 9;
                    });
        }
        if (order == Order.RANDOM) {
            Collections.shuffle(numbers, new Random(count));
        }
        return numbers;
    }
}
