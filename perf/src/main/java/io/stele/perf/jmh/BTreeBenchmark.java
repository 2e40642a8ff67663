package io.stele.perf.jmh;

import io.stele.storage.page.BTree;
import io.stele.storage.page.Cursor;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.PageStoreContext;
import io.stele.storage.page.Slice;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
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

/** The page store's trees at a size where their leaves no longer fit the CPU's caches. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BTreeBenchmark {
    private static final int KEYS = 0;
    private static final int REVISIONS = 1;
    private static final int COUNTED_SPAN = 100_000;

    @Param({"256"})
    private int valueLength;

    @Param({"500000"})
    private long keyCount;

    private final BenchKeys keys = new BenchKeys();
    private final MutableDirectBuffer value = new UnsafeBuffer(new byte[4096]);
    private final MutableDirectBuffer end = new UnsafeBuffer(new byte[BenchKeys.KEY_LENGTH]);
    private final Slice slice = new Slice();
    private BenchDirectory directory;
    private PageStore store;
    private BTree tree;
    private BTree appended;
    private Cursor cursor;
    private long nextAppended;

    @Setup
    public void setUp() throws IOException {
        directory = new BenchDirectory();
        store = PageStore.open(directory.files(), new PageStoreContext());
        tree = store.tree(KEYS);
        appended = store.tree(REVISIONS);
        for (long i = 0; i < keyCount; i++) {
            tree.put(keys.key(i), 0, BenchKeys.KEY_LENGTH, value, 0, valueLength, true);
        }
        cursor = tree.cursor();
        cursor.first();
    }

    @TearDown
    public void tearDown() {
        store.close();
        directory.close();
    }

    @Benchmark
    public boolean get() {
        return tree.get(keys.key(keys.nextNumber(keyCount)), 0, BenchKeys.KEY_LENGTH, slice);
    }

    @Benchmark
    public boolean replace() {
        return tree.put(keys.key(keys.nextNumber(keyCount)), 0, BenchKeys.KEY_LENGTH, value, 0, valueLength, true);
    }

    @Benchmark
    public boolean append() {
        return appended.put(keys.key(nextAppended++), 0, BenchKeys.KEY_LENGTH, value, 0, valueLength, false);
    }

    @Benchmark
    public int next() {
        if (!cursor.next()) {
            cursor.first();
        }
        return cursor.value().length();
    }

    @Benchmark
    public long countRange() {
        long from = keys.nextNumber(keyCount - COUNTED_SPAN);
        end.putBytes(0, keys.key(from + COUNTED_SPAN), 0, BenchKeys.KEY_LENGTH);
        return tree.countRange(keys.key(from), 0, BenchKeys.KEY_LENGTH, end, 0, BenchKeys.KEY_LENGTH);
    }
}
