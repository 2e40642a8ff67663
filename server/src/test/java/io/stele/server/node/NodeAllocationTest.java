package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.stele.index.ChronicleKeyIndex;
import io.stele.index.IndexContext;
import io.stele.server.config.AutoCompaction;
import io.stele.server.config.ClusterConfig;
import io.stele.server.config.FaceConfig;
import io.stele.server.config.InitialMember;
import io.stele.server.config.ListenUrl;
import io.stele.server.config.ServerConfig;
import io.stele.server.config.ThreadingMode;
import io.stele.server.machine.model.Request;
import io.stele.server.machine.model.RequestCodec;
import io.stele.storage.file.DiskFileStore;
import io.stele.transport.SendResult;
import io.stele.transport.client.ClientHandler;
import io.stele.transport.client.ClientLink;
import io.stele.transport.codec.ErrorReplyDecoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The node's whole duty cycle leaves no garbage: from a request's bytes through log, core and state to its reply. */
class NodeAllocationTest {
    private static final int KEYS = 2_000;
    private static final int REQUESTS_PER_ROUND = 10_000;
    private static final int REQUESTS_PER_CYCLE = 250;
    private static final long CYCLE_NS = 100_000;
    private static final int LOG_SEGMENT_BYTES = 4 * 1024 * 1024;

    /** Not one for each duty cycle: there are 40 or more in a round. */
    private static final long BYTES_PER_ROUND_MAX = 500;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final EndlessClient client = new EndlessClient();
    private long nowNs;

    @TempDir
    private Path directory;

    @Test
    void shouldAllocateNothingPerPut() {
        List<Request> puts = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            puts.add(new Request.Put("some/key/of/the/usual/length/" + i, "v".repeat(200), 0, false, false, false));
        }
        check(puts);
    }

    @Test
    void shouldAllocateNothingPerLinearizableGet() {
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            String key = "some/key/of/the/usual/length/" + i;
            requests.add(
                    i % 10 == 0 ? new Request.Put(key, "v".repeat(200), 0, false, false, false) : Request.get(key));
        }
        check(requests);
    }

    private void check(List<Request> requests) {
        client.repeat(requests);
        Node node = open();
        try {
            node.nodeAgent().onStart();
            for (int round = 0; round < 12; round++) {
                run(node);
            }
            // What a request or a cycle leaves behind, it leaves behind in every round; a checkpoint, and what grows,
            // shows in some.
            long allocated = Long.MAX_VALUE;
            for (int round = 0; round < 8; round++) {
                allocated = Math.min(allocated, run(node));
            }
            assertEquals(0, client.errorCount);
            assertTrue(
                    allocated < BYTES_PER_ROUND_MAX,
                    "allocated " + allocated + " B in " + REQUESTS_PER_ROUND + " requests");
        } finally {
            node.nodeAgent().onClose();
            node.close();
        }
    }

    /** Answers so many requests; the bytes that the node's own steps allocated. */
    private long run(Node node) {
        long allocated = 0;
        long until = client.replyCount + REQUESTS_PER_ROUND;
        for (int cycle = 0; client.replyCount < until; cycle++) {
            assertTrue(cycle < 10_000, "no replies");
            nowNs += CYCLE_NS;
            client.offered = node.nodeAgent().status().ready() ? REQUESTS_PER_CYCLE : 0;
            long before = threads.getCurrentThreadAllocatedBytes();
            node.nodeAgent().doWork();
            allocated += threads.getCurrentThreadAllocatedBytes() - before;
            node.syncAgent().doWork();
            node.spaceAgent().doWork();
            node.checkpointAgent().doWork();
        }
        return allocated;
    }

    private Node open() {
        ListenUrl url = new ListenUrl("127.0.0.1", 0);
        List<ListenUrl> peer = List.of(new ListenUrl("m", 2380));
        ServerConfig config = new ServerConfig(
                "m",
                directory,
                List.of(url),
                List.of(url),
                new ClusterConfig("alone", peer, peer, List.of(new InitialMember("m", peer)), false),
                100,
                1000,
                64 * 1024,
                ServerConfig.MAX_TXN_OPS_DEFAULT,
                ServerConfig.CHECKPOINT_BYTES_DEFAULT,
                LOG_SEGMENT_BYTES,
                0,
                1,
                ThreadingMode.INVOKER,
                AutoCompaction.OFF,
                ServerConfig.WATCH_PROGRESS_NOTIFY_MS_DEFAULT,
                FaceConfig.DEFAULT,
                "error");
        return Node.open(new NodeContext()
                .config(config)
                .files(DiskFileStore.open(directory))
                .index(() -> new ChronicleKeyIndex(
                        new IndexContext().firstCapacity(2 * KEYS).buildInBackground(false)))
                .clients(identity -> client)
                .clock(() -> nowNs)
                .seed(7)
                .ballastBytes(0)
                .checkpointBytes(4 * LOG_SEGMENT_BYTES)
                .walRetainedBytes(0));
    }

    /** One connection that asks the same again and again, without leaving garbage itself. */
    private static final class EndlessClient implements ClientLink {
        private static final long CONNECTION = 1;

        private final List<DirectBuffer> frames = new ArrayList<>();
        private boolean connected;
        private int next;
        private int offered;
        private long replyCount;
        private long errorCount;

        void repeat(List<Request> requests) {
            for (Request request : requests) {
                RequestCodec codec = new RequestCodec();
                int length = codec.encode(request, frames.size());
                frames.add(new UnsafeBuffer(codec.buffer(), 0, length));
            }
        }

        @Override
        public int poll(ClientHandler handler, int limit) {
            if (!connected) {
                connected = true;
                handler.onConnected(CONNECTION);
            }
            int count = Math.min(limit, offered);
            offered = 0;
            for (int i = 0; i < count; i++) {
                DirectBuffer frame = frames.get(next);
                next = (next + 1) % frames.size();
                handler.onRequest(CONNECTION, frame, 0, frame.capacity());
            }
            return count;
        }

        @Override
        public int send(long connectionId, DirectBuffer buffer, int offset, int length) {
            replyCount++;
            int template =
                    buffer.getShort(offset + MessageHeaderDecoder.templateIdEncodingOffset(), ByteOrder.LITTLE_ENDIAN);
            errorCount += template == ErrorReplyDecoder.TEMPLATE_ID ? 1 : 0;
            return SendResult.QUEUED;
        }

        @Override
        public void flush() {}

        @Override
        public long queuedBytes(long connectionId) {
            return 0;
        }

        @Override
        public int frameLengthMax(long connectionId) {
            return 1 << 20;
        }

        @Override
        public void close(long connectionId, int reasonCode, String reason) {}

        @Override
        public void close() {}
    }
}
