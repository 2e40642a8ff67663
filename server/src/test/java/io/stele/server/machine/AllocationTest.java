package io.stele.server.machine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.stele.index.ChronicleKeyIndex;
import io.stele.index.IndexContext;
import io.stele.index.KeyIndex;
import io.stele.server.machine.model.Request;
import io.stele.server.machine.model.RequestCodec;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.sim.SimDisk;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.PageStoreContext;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.OpenSessionReplyDecoder;
import io.stele.transport.codec.PutRequestDecoder;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.junit.jupiter.api.Test;

/** Puts, gets and deletions leave no garbage on the thread that applies them. */
class AllocationTest {
    private static final int KEYS = 2000;

    @Test
    void shouldAllocateNothingPerPutGetDeleteAndCompactedVersion() {
        check(false);
    }

    @Test
    void shouldAllocateNothingPerWriteExactlyOnce() {
        check(true);
    }

    private static void check(boolean once) {
        IndexContext indexContext = new IndexContext().firstCapacity(2 * KEYS).buildInBackground(false);
        try (FileStore files = new SimDisk().mount();
                PageStore store = PageStore.open(files, new PageStoreContext().regionBytes(128 * 1024 * 1024));
                KeyIndex index = new ChronicleKeyIndex(indexContext)) {
            StateMachine machine = new StateMachine(store, index, new MachineLimits());
            Script script = new Script(machine, once);
            script.run(8);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            // What an operation leaves behind, it leaves behind in every round; a scratch that grows shows in one.
            long allocated = Long.MAX_VALUE;
            int operations = 0;
            for (int round = 0; round < 5; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                operations = script.run(1);
                allocated = Math.min(allocated, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertTrue(allocated < operations, "allocated " + allocated + " B in " + operations + " operations");
        }
    }

    /** The same encoded requests again and again. */
    private static final class Script {
        private final StateMachine machine;
        private final ReplyEncoder reply = new ReplyEncoder();
        private final List<MutableDirectBuffer> buffers = new ArrayList<>();
        private final List<Integer> lengths = new ArrayList<>();
        private final RequestPath.Finder paths = new RequestPath.Finder();
        private final RequestCodec compact = new RequestCodec();

        private long sessionId;
        private long sequence;

        Script(StateMachine machine, boolean once) {
            this.machine = machine;
            if (once) {
                apply(compact.buffer(), compact.encode(new Request.OpenSession(1), 1));
                OpenSessionReplyDecoder opened = new OpenSessionReplyDecoder();
                sessionId = opened.wrapAndApplyHeader(reply.buffer(), 0, new MessageHeaderDecoder())
                        .sessionId();
            }
            for (int i = 0; i < KEYS; i++) {
                add(new Request.Put("some/key/of/the/usual/length/" + i, "v".repeat(200), 0, i % 2 == 0, false, false));
                add(Request.get("some/key/of/the/usual/length/" + (KEYS - i)));
                if (i % 5 == 0) {
                    add(Request.delete("some/key/of/the/usual/length/" + i));
                }
            }
        }

        int run(int rounds) {
            int operations = 0;
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < buffers.size(); i++) {
                    ask(buffers.get(i), lengths.get(i));
                    operations++;
                }
                ask(compact.buffer(), compact.encode(new Request.Compact(machine.revision() - 100), 1));
                int done;
                do {
                    done = machine.doBackgroundWork(500);
                } while (done > 0);
            }
            return operations;
        }

        private void ask(MutableDirectBuffer buffer, int length) {
            reply.reset();
            assertTrue(machine.validate(buffer, 0, length) == null);
            if (paths.find(buffer, 0, length) == RequestPath.PROPOSE) {
                int block = MessageHeaderDecoder.ENCODED_LENGTH;
                buffer.putLong(block + PutRequestDecoder.sessionIdEncodingOffset(), sessionId);
                buffer.putLong(block + PutRequestDecoder.sequenceEncodingOffset(), sessionId == 0 ? 0 : ++sequence);
                apply(buffer, length);
            } else {
                machine.read(buffer, 0, length, 1 << 20, reply);
            }
            assertTrue(reply.length() > 0);
        }

        private void apply(DirectBuffer buffer, int length) {
            machine.apply(machine.appliedIndex() + 1, 1, StateMachine.COMMAND, buffer, 0, length, reply);
        }

        private void add(Request request) {
            RequestCodec codec = new RequestCodec();
            lengths.add(codec.encode(request, 1));
            buffers.add(codec.buffer());
        }
    }
}
