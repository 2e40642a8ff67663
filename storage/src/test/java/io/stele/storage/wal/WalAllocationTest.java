package io.stele.storage.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.stele.storage.file.DiskFileStore;
import io.stele.storage.file.FileStore;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalAllocationTest {
    private static final int ROUND_LENGTH = 2000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final UnsafeBuffer direct = new UnsafeBuffer(ByteBuffer.allocateDirect(256));
    private final UnsafeBuffer heap = new UnsafeBuffer(new byte[256]);
    private final EntryView view = new EntryView();
    private long index;

    @Test
    void shouldAppendReadAndSyncWithoutGarbage(@TempDir Path directory) {
        WalContext context = new WalContext().segmentLength(4 << 20).headerCount(1024);
        try (FileStore store = DiskFileStore.open(directory);
                Wal wal = Wal.open(store, context)) {
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 12; round++) {
                wal.doWork();
                assertTrue(wal.canAppend(256));
                long before = threads.getCurrentThreadAllocatedBytes();
                appendRound(wal);
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                wal.releaseTo(index - 10);
            }
            assertEquals(0, least, "bytes for " + ROUND_LENGTH + " entries");
        }
    }

    private void appendRound(Wal wal) {
        long seen = 0;
        for (int i = 0; i < ROUND_LENGTH; i++) {
            index++;
            wal.append(index, 1, (byte) 1, i % 2 == 0 ? direct : heap, 0, 256);
            if (i % 10 == 9) {
                wal.flush();
            }
            if (i % 100 == 99) {
                seen += wal.sync();
            }
            wal.read(index, view);
            seen += view.length() + wal.term(index - 1);
        }
        assertTrue(seen > 0);
    }
}
