package io.stele.perf.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bare forces of a small file beside a run, one every few milliseconds: a disk that is shared, or virtual, sometimes
 * stops for everybody, and a slow put is not the store's doing when such a force was as slow.
 */
public final class DiskWatch implements AutoCloseable {
    private static final int LENGTH = 1024;
    private static final long PAUSE_MS = 5;

    private final Path file;
    private final FileChannel channel;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicLong slowestNs = new AtomicLong();
    private final Thread thread = new Thread(this::run, "stele-bench-disk");
    private volatile IOException failure;

    private DiskWatch(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Begins in a file of the directory's disk, which {@link #close()} deletes. */
    public static DiskWatch begin(Path directory) throws IOException {
        Path file = Files.createTempFile(directory, "stele-bench-", ".probe");
        DiskWatch watch = new DiskWatch(file, DiskProbe.filled(file, LENGTH));
        watch.thread.setDaemon(true);
        watch.thread.start();
        return watch;
    }

    /** The slowest force, in ns, that has ended since this was asked last. */
    public long slowestNs() {
        IOException met = failure;
        if (met != null) {
            throw new UncheckedIOException(met);
        }
        return slowestNs.getAndSet(0);
    }

    private void run() {
        ByteBuffer bytes = ByteBuffer.allocateDirect(LENGTH);
        try {
            while (!ended.await(PAUSE_MS, TimeUnit.MILLISECONDS)) {
                bytes.clear();
                long beginNs = System.nanoTime();
                channel.write(bytes, 0);
                channel.force(false);
                slowestNs.accumulateAndGet(System.nanoTime() - beginNs, Math::max);
            }
        } catch (IOException e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        ended.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the thread, a daemon, ends with its next force
        }
        channel.close();
        Files.deleteIfExists(file);
    }
}
