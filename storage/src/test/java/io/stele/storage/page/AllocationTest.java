package io.stele.storage.page;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** The operations of the hot path leave no garbage. */
final class AllocationTest {
    private static final int OPERATIONS = 20_000;

    private final PageStore store =
            PageStore.open(new HeapFileStore(128 << 20), new PageStoreContext().regionBytes(16 << 20));
    private final UnsafeBuffer key = new UnsafeBuffer(new byte[12]);
    private final UnsafeBuffer end = new UnsafeBuffer(new byte[12]);
    private final UnsafeBuffer value = new UnsafeBuffer(new byte[1024]);
    private final Slice slice = new Slice();
    private final Cursor cursor = store.tree(0).cursor();

    @Test
    void shouldAllocateNothingPerOperation() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 4; round++) {
            long before = threads.getThreadAllocatedBytes(id);
            work(round);
            least = Math.min(least, threads.getThreadAllocatedBytes(id) - before);
            store.checkpoint();
        }
        assertTrue(least < OPERATIONS, least + " bytes for " + OPERATIONS + " rounds of operations");
    }

    private void work(int round) {
        BTree tree = store.tree(0);
        long found = 0;
        for (int i = 0; i < OPERATIONS; i++) {
            key.putLong(0, i * 7919L % OPERATIONS, ByteOrder.BIG_ENDIAN);
            end.putLong(0, i, ByteOrder.BIG_ENDIAN);
            tree.put(key, 0, 12, value, 0, 40 + round, true);
            store.tree(1).put(end, 0, 12, value, 0, 1024, false);
            found += tree.get(key, 0, 12, slice) ? slice.length() : 0;
            found += tree.countRange(key, 0, 12, end, 0, 12);
            found += cursor.seek(key, 0, 12) && cursor.next() ? cursor.value().length() : 0;
            if (i % 3 == 0) {
                found += tree.remove(key, 0, 12) ? 1 : 0;
            }
        }
        assertTrue(found > 0);
    }
}
