package io.stele.perf.jmh;

import io.stele.storage.wal.Wal;
import io.stele.storage.wal.WalContext;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Appending to the log: alone, with another thread forcing what is there over and over as a node under load does, and
 * with a force after each entry as a node with one client does. Sampled: segments that are not ready in time show up in
 * the tail instead of spoiling the mean.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class WalAppendBenchmark {
    private static final int RELEASE_EVERY = 4096;

    /** Who forces: nobody before a segment is full, another thread all the time, or the appender after each entry. */
    @Param({"none", "beside", "each"})
    private String force;

    /** Entries that are written in one go. */
    @Param({"1", "64"})
    private int batchLength;

    @Param({"300"})
    private int entryLength;

    private final MutableDirectBuffer entry = new UnsafeBuffer(new byte[8192]);
    private BenchDirectory directory;
    private Wal wal;
    private Thread helper;
    private volatile boolean isRunning;
    private volatile long durableIndex;

    @Setup
    public void setUp() throws IOException {
        directory = new BenchDirectory();
        wal = Wal.open(directory.files(), new WalContext().salt(1).spareSegmentMax(4));
        isRunning = true;
        helper = new Thread(this::serve, "wal-helper");
        helper.start();
    }

    /** Prepares segments, and forces where the trial wants that from another thread. */
    private void serve() {
        boolean forces = !force.equals("each");
        while (isRunning) {
            if (forces && (force.equals("beside") || !wal.canAppend(2 * entryLength))) {
                durableIndex = wal.sync();
            }
            if (wal.doWork() == 0) {
                LockSupport.parkNanos(50_000);
            }
        }
    }

    @TearDown
    public void tearDown() throws InterruptedException {
        isRunning = false;
        helper.join();
        wal.close();
        directory.close();
    }

    @Benchmark
    public long append() {
        long index = wal.lastIndex() + 1;
        wal.append(index, 1, (byte) 1, entry, 0, entryLength);
        if (index % batchLength == 0) {
            wal.flush();
        }
        if (force.equals("each")) {
            durableIndex = wal.sync();
        }
        if (index % RELEASE_EVERY == 0) {
            wal.releaseTo(durableIndex);
        }
        return index;
    }
}
