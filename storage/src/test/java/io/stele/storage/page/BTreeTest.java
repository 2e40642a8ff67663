package io.stele.storage.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** The tree against {@code java.util.TreeMap}, on seeds; every page of the store is checked along the way. */
final class BTreeTest {
    private static final int SEEDS = 50;
    private static final int WAVE_SEEDS = 10;
    private static final int OPERATIONS = 3_000;

    @Test
    void shouldAgreeWithTreeMap() {
        for (int seed = 0; seed < SEEDS; seed++) {
            run(seed);
        }
    }

    /** Whole ranges come and go, in order and out of order, so that branches split and merge on every level. */
    @Test
    void shouldKeepItsOrderUnderWavesOfRanges() {
        for (int seed = 0; seed < WAVE_SEEDS; seed++) {
            Random random = new Random(seed);
            PageStoreContext context = new PageStoreContext().blockBytes(512).regionBytes(64 * 1024);
            for (int i = 0; i < PageStoreContext.TREE_COUNT; i++) {
                context.pageBytes(i, 512);
            }
            PageStore store = PageStore.open(new HeapFileStore(4 << 20), context);
            ModelTree model = new ModelTree();
            for (int wave = 0; wave < 60; wave++) {
                wave(random, store.tree(0), model);
                if (random.nextInt(8) == 0) {
                    store.checkpoint();
                }
                assertEquals(List.of(), PageCheck.check(store).problems(), "seed " + seed + " wave " + wave);
            }
            model.assertSame(store.tree(0).cursor());
        }
    }

    private static void wave(Random random, BTree tree, ModelTree model) {
        int start = random.nextInt(100_000);
        int count = random.nextInt(600);
        int step = 1 + random.nextInt(40);
        boolean isAscending = random.nextBoolean();
        if (random.nextInt(5) < 2) {
            byte[] from = number(start);
            byte[] to = number(start + 30_000);
            for (byte[] key : List.copyOf(model.entries().subMap(from, to).keySet())) {
                model.remove(tree, key);
            }
        } else {
            for (int i = 0; i < count; i++) {
                int number = start + (isAscending ? i : random.nextInt(count)) * step;
                model.put(tree, number(number), new byte[random.nextInt(4)], true);
            }
        }
    }

    private static byte[] number(int number) {
        return String.format("%x", 0x1000000L + number * 157L).getBytes(StandardCharsets.UTF_8);
    }

    /** Every found key lets the next search take pages' common prefixes for given: keys that differ there only. */
    @Test
    void shouldNotTakeAKeyForAnotherThatDiffersInWhatAPageHasInCommon() {
        PageStore store = PageStore.open(new HeapFileStore(4 << 20), small(new Random(1)));
        BTree tree = store.tree(0);
        ModelTree model = new ModelTree();
        String[] prefixes = {"b/long/common/", "b/long/common/er/", "d/", ""};
        for (String prefix : prefixes) {
            for (int i = 0; i < 1_000; i++) {
                byte[] key = (prefix + i).getBytes(StandardCharsets.UTF_8);
                model.put(tree, key, new byte[i % 5], true);
            }
        }
        Slice slice = new Slice();
        Random random = new Random(2);
        String[] lookalikes = {"b/long/common/", "b/long/commom/", "c/long/common/", "b", "", "b/long/commonner/", "~"};
        for (int i = 0; i < 20_000; i++) {
            byte[] there = (prefixes[random.nextInt(prefixes.length)] + random.nextInt(1_000))
                    .getBytes(StandardCharsets.UTF_8);
            model.get(tree, there);
            String number = random.nextInt(3) == 0 ? "" : "" + random.nextInt(1_100);
            byte[] key = (lookalikes[random.nextInt(lookalikes.length)] + number).getBytes(StandardCharsets.UTF_8);
            model.get(tree, key);
            model.get(tree, there);
            boolean found = tree.seekForPut(new UnsafeBuffer(key), 0, key.length, slice);
            assertEquals(model.entries().containsKey(key), found);
        }
    }

    @Test
    void shouldRefuseKeysAndValuesThatAreTooLong() {
        PageStore store = PageStore.open(new HeapFileStore(1 << 20), small(new Random(1)));
        UnsafeBuffer bytes = new UnsafeBuffer(new byte[1 << 20]);
        assertThrows(
                IllegalArgumentException.class,
                () -> store.tree(0).put(bytes, 0, store.keyLengthMax() + 1, bytes, 0, 1, false));
        assertThrows(
                IllegalArgumentException.class,
                () -> store.tree(0).put(bytes, 0, 1, bytes, 0, store.valueLengthMax() + 1, false));
        assertEquals(0, store.tree(0).entryCount());
    }

    private static void run(int seed) {
        Random random = new Random(seed);
        HeapFileStore files = new HeapFileStore(32 << 20);
        PageStoreContext context = small(random);
        PageStore store = PageStore.open(files, context);
        KeySource keys = new KeySource(random, store.keyLengthMax());
        ModelTree[] models = {new ModelTree(), new ModelTree()};
        int removeShare = random.nextInt(60);
        try {
            for (int i = 0; i < OPERATIONS; i++) {
                int tree = random.nextInt(2);
                step(random, store.tree(tree), models[tree], keys, removeShare, store.valueLengthMax());
                if (random.nextInt(400) == 0) {
                    store.checkpoint();
                }
                if (random.nextInt(20) == 0) {
                    store.reclaim(1 + random.nextInt(30), false);
                }
                if (random.nextInt(1000) == 0) {
                    store.checkpoint();
                    store.close();
                    store = PageStore.open(files, context);
                }
                if (i % 500 == 0) {
                    assertEquals(List.of(), PageCheck.check(store).problems());
                }
                removeShare = random.nextInt(700) == 0 ? random.nextInt(100) : removeShare;
            }
            for (int tree = 0; tree < 2; tree++) {
                models[tree].assertSame(store.tree(tree).cursor());
                assertEquals(models[tree].entries().size(), store.tree(tree).entryCount());
            }
            assertEquals(List.of(), PageCheck.check(store).problems());
            store.checkpoint();
            store.close();
            assertEquals(List.of(), PageCheck.check(files, "pages").problems());
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    private static void step(
            Random random, BTree tree, ModelTree model, KeySource keys, int removeShare, int valueLengthMax) {
        byte[] key = keys.next();
        int kind = random.nextInt(100);
        if (kind < removeShare) {
            byte[] near = model.entries().ceilingKey(key);
            model.remove(tree, near == null || random.nextInt(4) == 0 ? key : near);
        } else if (kind < 90) {
            byte[] value = new byte[valueLength(random, valueLengthMax)];
            random.nextBytes(value);
            model.put(tree, key, value, random.nextBoolean());
        } else {
            model.get(tree, key);
            model.count(tree, key, random.nextInt(4) == 0 ? null : keys.next());
            model.walk(tree.cursor(), key, random.nextInt(5));
        }
    }

    private static int valueLength(Random random, int max) {
        return switch (random.nextInt(12)) {
            case 0 -> 0;
            case 1 -> random.nextInt(2000);
            case 2 -> random.nextInt(20) == 0 ? max - random.nextInt(3) : random.nextInt(6000);
            default -> random.nextInt(100);
        };
    }

    static PageStoreContext small(Random random) {
        int block = 512 << random.nextInt(4);
        int region = Math.max(64 * 1024, (block * 64) << random.nextInt(2));
        PageStoreContext context = new PageStoreContext().blockBytes(block).regionBytes(region);
        for (int i = 0; i < PageStoreContext.TREE_COUNT; i++) {
            context.pageBytes(i, Math.min(region / 16, block << random.nextInt(3)));
        }
        return context;
    }
}
