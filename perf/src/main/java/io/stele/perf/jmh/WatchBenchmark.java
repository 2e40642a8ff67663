package io.stele.perf.jmh;

import io.stele.index.ChronicleKeyIndex;
import io.stele.index.IndexContext;
import io.stele.index.KeyIndex;
import io.stele.server.machine.MachineLimits;
import io.stele.server.machine.StateMachine;
import io.stele.server.watch.WatchHub;
import io.stele.server.watch.WatchLimits;
import io.stele.server.watch.WatchOutput;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.PageStoreContext;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.PutRequestEncoder;
import io.stele.transport.codec.WatchFlagsDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
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

/** What watchers cost a put: applied, its event found its watchers and was made into frames, all on one thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class WatchBenchmark {
    private static final int VALUE_LENGTH = 256;
    private static final int KEYS = 1000;
    private static final int CONNECTIONS = 20;

    /** Watchers of other keys and ranges: none of them is for what is put. */
    @Param({"0", "1000", "100000"})
    private int others;

    /** Watchers of all that is put, over twenty connections. */
    @Param({"0", "1000"})
    private int watchers;

    private final PutRequestEncoder put = new PutRequestEncoder();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final ExpandableDirectByteBuffer request = new ExpandableDirectByteBuffer(1024);
    private final BenchKeys keys = new BenchKeys();
    private final UnsafeBuffer value = new UnsafeBuffer(new byte[VALUE_LENGTH]);
    private BenchDirectory directory;
    private PageStore store;
    private KeyIndex index;
    private StateMachine machine;
    private WatchHub hub;
    private long frameBytes;

    @Setup
    public void setUp() throws IOException {
        directory = new BenchDirectory();
        store = PageStore.open(directory.files(), new PageStoreContext());
        index = new ChronicleKeyIndex(new IndexContext().buildInBackground(false));
        machine = new StateMachine(store, index, new MachineLimits());
        hub = new WatchHub(machine, new WatchLimits(), new Output(), 1);
        for (int i = 0; i < others; i++) {
            String key = String.format(Locale.ROOT, "registry/other/%08d", i);
            watch(i, key, i % 10 == 0 ? key + "/" : "");
        }
        for (int i = 0; i < watchers; i++) {
            watch(others + i, "registry/pods/", "registry/pods0");
        }
    }

    private void watch(int number, String key, String end) {
        hub.create(
                number % CONNECTIONS,
                0,
                number + 1,
                0,
                new WatchFlagsDecoder().wrap(new UnsafeBuffer(new byte[1]), 0),
                key.getBytes(StandardCharsets.US_ASCII),
                end.getBytes(StandardCharsets.US_ASCII),
                0);
    }

    @TearDown
    public void tearDown() {
        index.close();
        store.close();
        directory.close();
    }

    @Benchmark
    public long put() {
        put.wrapAndApplyHeader(request, 0, header)
                .correlationId(1)
                .sessionId(0)
                .sequence(0)
                .lease(0)
                .flags()
                .clear();
        put.putKey(keys.key(keys.nextNumber(KEYS)), 0, BenchKeys.KEY_LENGTH).putValue(value, 0, VALUE_LENGTH);
        machine.apply(machine.appliedIndex() + 1, 1, StateMachine.COMMAND, request, 0, put.limit(), null);
        hub.deliver(0);
        return frameBytes;
    }

    private final class Output implements WatchOutput {
        @Override
        public boolean hasRoom(long connectionId) {
            return true;
        }

        @Override
        public boolean send(long connectionId, DirectBuffer buffer, int offset, int length) {
            frameBytes += length;
            return true;
        }

        @Override
        public void reply(long connectionId, DirectBuffer buffer, int offset, int length) {}

        @Override
        public long raftTerm() {
            return 1;
        }
    }
}
