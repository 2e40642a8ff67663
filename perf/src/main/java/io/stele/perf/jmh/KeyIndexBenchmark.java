package io.stele.perf.jmh;

import io.stele.index.ChronicleKeyIndex;
import io.stele.index.HeapKeyIndex;
import io.stele.index.IndexContext;
import io.stele.index.KeyIndex;
import io.stele.index.KeyRecord;
import java.util.concurrent.TimeUnit;
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

/** Point lookups and updates among many keys, off heap and in the simulator's twin. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class KeyIndexBenchmark {
    private static final int WORK_BUDGET = 10_000;

    @Param({"chronicle", "heap"})
    private String kind;

    @Param({"1000000"})
    private long keyCount;

    private final BenchKeys keys = new BenchKeys();
    private final KeyRecord record = new KeyRecord();
    private KeyIndex index;

    @Setup
    public void setUp() {
        IndexContext context = new IndexContext()
                .firstCapacity(keyCount)
                .buildInBackground(false)
                .conclude();
        index = kind.equals("heap") ? new HeapKeyIndex(context) : new ChronicleKeyIndex(context);
        while (!index.isReady()) {
            index.doWork(WORK_BUDGET);
        }
        for (long i = 0; i < keyCount; i++) {
            record.createRevision = i;
            record.modRevision = i;
            record.version = 1;
            index.put(keys.key(i), 0, BenchKeys.KEY_LENGTH, record);
            index.doWork(WORK_BUDGET);
        }
    }

    @TearDown
    public void tearDown() {
        index.close();
    }

    @Benchmark
    public boolean get() {
        return index.get(keys.key(keys.nextNumber(keyCount)), 0, BenchKeys.KEY_LENGTH, record);
    }

    @Benchmark
    public boolean getAbsent() {
        return index.get(keys.key(keyCount + keys.nextNumber(keyCount)), 0, BenchKeys.KEY_LENGTH, record);
    }

    @Benchmark
    public boolean replace() {
        record.modRevision++;
        return index.put(keys.key(keys.nextNumber(keyCount)), 0, BenchKeys.KEY_LENGTH, record);
    }
}
