package io.stele.storage.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.storage.file.DiskFileStore;
import io.stele.storage.file.FileStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The three threads of a log at once, over many rolls, releases and truncations. */
class WalThreadsTest {
    private static final int APPEND_COUNT = 20_000;
    private static final WalContext CONTEXT =
            new WalContext().segmentLength(32 * 1024).headerCount(256).salt(12);

    private final AtomicLong durable = new AtomicLong();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean done;

    @Test
    void shouldAgreeAcrossThreads(@TempDir Path directory) throws InterruptedException {
        try (FileStore store = DiskFileStore.open(directory)) {
            Wal wal = Wal.open(store, CONTEXT);
            Thread sync = start(() -> durable.set(wal.sync()));
            Thread pool = start(wal::doWork);
            long[] terms = appendTruncateRelease(wal);
            done = true;
            sync.join();
            pool.join();
            assertNull(failure.get());
            long last = wal.lastIndex();
            assertEquals(last, wal.sync());
            wal.close();
            assertEquals(List.of(), WalCheck.run(store).problems());
            try (Wal again = Wal.open(store, CONTEXT)) {
                assertEquals(last, again.lastIndex());
                assertTrue(again.firstIndex() > 1);
                verify(again, terms);
            }
        }
    }

    private Thread start(Runnable work) {
        Thread thread = new Thread(() -> {
            try {
                while (!done) {
                    work.run();
                    Thread.onSpinWait();
                }
            } catch (RuntimeException | Error e) {
                failure.set(e);
            }
        });
        thread.start();
        return thread;
    }

    /** Returns the term of every entry by index. */
    private long[] appendTruncateRelease(Wal wal) {
        long[] terms = new long[APPEND_COUNT + 1];
        Random random = new Random(6);
        UnsafeBuffer payload = new UnsafeBuffer(new byte[400]);
        long term = 1;
        for (int i = 0; i < APPEND_COUNT && failure.get() == null; i++) {
            long index = wal.lastIndex() + 1;
            payload.putLong(0, index * term);
            wal.append(index, term, (byte) 1, payload, 0, 8 + random.nextInt(393));
            terms[(int) index] = term;
            if (random.nextInt(8) == 0) {
                wal.flush();
            }
            if (random.nextInt(500) == 0) {
                wal.truncateFrom(Math.max(wal.firstIndex(), index - random.nextInt(50)));
                term++;
            }
            if (random.nextInt(200) == 0) {
                wal.releaseTo(Math.min(durable.get(), wal.lastIndex()) - 100);
            }
        }
        wal.flush();
        return terms;
    }

    private static void verify(Wal wal, long[] terms) {
        EntryView view = new EntryView();
        for (long index = wal.firstIndex(); index <= wal.lastIndex(); index++) {
            assertTrue(wal.read(index, view));
            assertEquals(terms[(int) index], view.term());
            assertEquals(index * view.term(), view.buffer().getLong(view.offset()));
        }
    }
}
