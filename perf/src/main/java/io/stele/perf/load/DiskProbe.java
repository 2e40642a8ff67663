package io.stele.perf.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * The floor of a durable put: a bare write of as many bytes to a file that is already full of forced zeros, and its
 * fdatasync, one after the other. No store that forces every write can be faster with one client.
 */
public final class DiskProbe {
    private static final int FILE_LENGTH = 16 << 20;
    private static final int FILL_LENGTH = 64 << 10;
    private static final int WARM_UP_COUNT = 100;

    private DiskProbe() {}

    /** Measures for about as long as asked, in a file that is deleted after. */
    public static Histogram measure(Path directory, int length, long durationNs) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new BenchException("no such directory to measure the disk in: " + directory);
        }
        Path file = Files.createTempFile(directory, "stele-bench-", ".probe");
        try (FileChannel channel = filled(file, length)) {
            return measure(channel, length, durationNs);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** Opens a file full of forced zeros: later forces find nothing to do but what was written over. */
    static FileChannel filled(Path file, int length) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        try {
            ByteBuffer zeros = ByteBuffer.allocateDirect(FILL_LENGTH);
            for (int at = 0; at < Math.max(FILE_LENGTH, length); at += FILL_LENGTH) {
                zeros.clear();
                channel.write(zeros, at);
            }
            channel.force(true);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static Histogram measure(FileChannel channel, int length, long durationNs) throws IOException {
        byte[] random = new byte[length];
        new SplittableRandom(length).nextBytes(random);
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.max(1, length)).put(random);
        Histogram histogram = new Histogram(1, TimeUnit.HOURS.toNanos(1), 3);
        long endNs = System.nanoTime() + durationNs;
        long position = 0;
        for (int n = -WARM_UP_COUNT; n <= 0 || System.nanoTime() < endNs; n++) {
            bytes.clear();
            long beginNs = System.nanoTime();
            channel.write(bytes, position);
            channel.force(false);
            if (n >= 0) {
                histogram.recordValue(System.nanoTime() - beginNs);
            }
            position = position + 2L * length <= FILE_LENGTH ? position + length : 0;
        }
        return histogram;
    }
}
