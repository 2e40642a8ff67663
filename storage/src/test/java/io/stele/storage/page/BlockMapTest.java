package io.stele.storage.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BlockMapTest {
    private static final int REGION_BLOCKS = 128;

    @Test
    void shouldAlwaysFindTheLowestPlaceThatFits() {
        for (int seed = 0; seed < 30; seed++) {
            compare(new Random(seed));
        }
    }

    private static void compare(Random random) {
        BlockMap map = new BlockMap(REGION_BLOCKS);
        map.capacity(3 * REGION_BLOCKS);
        BitSet used = new BitSet();
        List<int[]> runs = new ArrayList<>();
        int bias = 30 + random.nextInt(40);
        for (int i = 0; i < 2000; i++) {
            if (runs.isEmpty() || random.nextInt(100) < bias) {
                int count = random.nextInt(8) == 0 ? 1 + random.nextInt(REGION_BLOCKS) : 1 + random.nextInt(9);
                int expected = lowest(used, map.capacity(), count);
                assertEquals(expected, map.allocate(count));
                if (expected >= 0) {
                    used.set(expected, expected + count);
                    runs.add(new int[] {expected, count});
                }
            } else {
                int[] run = runs.remove(random.nextInt(runs.size()));
                used.clear(run[0], run[0] + run[1]);
                map.unlink(run[0], run[1]);
                map.release(run[0], run[1]);
            }
            assertEquals(used.cardinality(), map.usedCount());
            if (random.nextInt(200) == 0 && map.capacity() < 10 * REGION_BLOCKS) {
                map.capacity(map.capacity() + REGION_BLOCKS);
            } else if (random.nextInt(100) == 0 && map.usedEnd() > 0) {
                map.capacity(map.usedEnd());
            }
        }
        int freeWords = 0;
        for (int block = 0; block < map.capacity(); block += Long.SIZE) {
            freeWords += used.get(block, block + Long.SIZE).isEmpty() ? 1 : 0;
        }
        assertEquals(freeWords, map.freeWordCount());
        assertTrue(map.usedEnd() >= used.length());
    }

    private static int lowest(BitSet used, int capacity, int count) {
        for (int block = 0; block + count <= capacity; block++) {
            boolean isInOneRegion = block / REGION_BLOCKS == (block + count - 1) / REGION_BLOCKS;
            if (isInOneRegion && used.get(block, block + count).isEmpty()) {
                return block;
            }
        }
        return -1;
    }
}
