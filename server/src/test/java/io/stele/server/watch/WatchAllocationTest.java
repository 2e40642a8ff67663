package io.stele.server.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.stele.index.ChronicleKeyIndex;
import io.stele.index.IndexContext;
import io.stele.index.KeyIndex;
import io.stele.server.machine.MachineLimits;
import io.stele.server.machine.StateMachine;
import io.stele.server.machine.model.Request;
import io.stele.server.machine.model.RequestCodec;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.sim.SimDisk;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.PageStoreContext;
import io.stele.transport.codec.WatchFlagsDecoder;
import io.stele.transport.codec.WatchFlagsEncoder;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Events leave no garbage on the node's thread, neither written, nor matched, nor sent. */
class WatchAllocationTest {
    private static final int PUTS = 2000;

    /** Takes everything. */
    private static final class Output implements WatchOutput {
        private long frameCount;

        @Override
        public boolean hasRoom(long connectionId) {
            return true;
        }

        @Override
        public boolean send(long connectionId, DirectBuffer buffer, int offset, int length) {
            frameCount++;
            return true;
        }

        @Override
        public void reply(long connectionId, DirectBuffer buffer, int offset, int length) {}

        @Override
        public long raftTerm() {
            return 1;
        }
    }

    @Test
    void shouldAllocateNothingPerEvent() {
        IndexContext indexContext = new IndexContext().firstCapacity(4 * PUTS).buildInBackground(false);
        try (FileStore files = new SimDisk().mount();
                PageStore store = PageStore.open(files, new PageStoreContext().regionBytes(128 * 1024 * 1024));
                KeyIndex index = new ChronicleKeyIndex(indexContext)) {
            StateMachine machine = new StateMachine(store, index, new MachineLimits());
            Output output = new Output();
            WatchHub hub = new WatchHub(machine, new WatchLimits().logBytes(1 << 18), output, 1);
            for (int i = 1; i <= 50; i++) {
                watch(hub, i % 5, i, i % 3 == 0 ? "key/" : "key/" + i, i % 3 == 0 ? "key0" : "", i % 2 == 0);
            }
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            Puts puts = new Puts(machine, hub);
            for (int round = 0; round < 8; round++) {
                puts.run();
            }
            long allocated = Long.MAX_VALUE;
            long frames = output.frameCount;
            for (int round = 0; round < 5; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                puts.run();
                allocated = Math.min(allocated, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertTrue(output.frameCount > frames + PUTS, "events have left");
            assertEquals(0, hub.sessionsBehind());
            assertTrue(allocated < PUTS, "allocated " + allocated + " B for " + PUTS + " puts");
        }
    }

    private static void watch(WatchHub hub, long connectionId, long watchId, String key, String end, boolean previous) {
        byte flags = WatchFlagsEncoder.previous((byte) 0, previous);
        hub.create(
                connectionId,
                watchId,
                watchId,
                0,
                new WatchFlagsDecoder().wrap(new UnsafeBuffer(new byte[] {flags}), 0),
                key.getBytes(StandardCharsets.US_ASCII),
                end.getBytes(StandardCharsets.US_ASCII),
                0);
    }

    /** The same encoded puts again and again, handed out a few at a time. */
    private static final class Puts {
        private final StateMachine machine;
        private final WatchHub hub;
        private final DirectBuffer[] requests = new DirectBuffer[PUTS];
        private final int[] lengths = new int[PUTS];

        Puts(StateMachine machine, WatchHub hub) {
            this.machine = machine;
            this.hub = hub;
            RequestCodec codec = new RequestCodec();
            for (int i = 0; i < PUTS; i++) {
                lengths[i] = codec.encode(Request.put("key/" + i, "v".repeat(100)), i);
                ExpandableDirectByteBuffer copy = new ExpandableDirectByteBuffer(lengths[i]);
                copy.putBytes(0, codec.buffer(), 0, lengths[i]);
                requests[i] = copy;
            }
        }

        void run() {
            for (int i = 0; i < PUTS; i++) {
                machine.apply(machine.appliedIndex() + 1, 1, StateMachine.COMMAND, requests[i], 0, lengths[i], null);
                if (i % 7 == 0) {
                    hub.deliver(0);
                }
            }
            hub.deliver(0);
        }
    }
}
