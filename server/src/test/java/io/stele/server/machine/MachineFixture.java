package io.stele.server.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stele.index.HeapKeyIndex;
import io.stele.index.KeyIndex;
import io.stele.server.machine.model.Reply;
import io.stele.server.machine.model.ReplyCodec;
import io.stele.server.machine.model.Request;
import io.stele.server.machine.model.RequestCodec;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.sim.SimDisk;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.PageStoreContext;
import io.stele.transport.ApiError;
import io.stele.transport.RequestFrame;
import io.stele.transport.codec.GoodbyeReason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A state machine on a simulated disk, asked in plain data, as a node would ask it. */
final class MachineFixture implements AutoCloseable {
    static final long TERM = 3;

    final SimDisk disk = new SimDisk();
    final ReplyEncoder encoder = new ReplyEncoder();
    private final MachineLimits limits;
    private final Supplier<KeyIndex> indexes;
    private final RequestCodec requests = new RequestCodec();
    private final ReplyCodec replies = new ReplyCodec();
    private final RequestPath.Finder paths = new RequestPath.Finder();
    private FileStore files;
    private PageStore store;
    private KeyIndex index;
    private StateMachine machine;
    private long correlationId;

    MachineFixture() {
        this(new MachineLimits(), HeapKeyIndex::new);
    }

    MachineFixture(MachineLimits limits, Supplier<KeyIndex> indexes) {
        this.limits = limits;
        this.indexes = indexes;
        encoder.raftTerm(TERM);
        open();
    }

    StateMachine machine() {
        return machine;
    }

    PageStore store() {
        return store;
    }

    /** Validates, then proposes and applies or reads, as the request wants it. */
    Reply ask(Request request) {
        int length = requests.encode(request, ++correlationId);
        assertEquals(GoodbyeReason.CLOSING, RequestFrame.check(requests.buffer(), 0, length));
        ApiError error = machine.validate(requests.buffer(), 0, length);
        if (error != null) {
            return new Reply.Refusal(error.code().value(), error.text(), machine.revision());
        }
        if (paths.find(requests.buffer(), 0, length) == RequestPath.PROPOSE) {
            return apply(length);
        }
        encoder.reset();
        RangeScan scan = machine.read(requests.buffer(), 0, length, Integer.MAX_VALUE, encoder);
        return finish(scan, Integer.MAX_VALUE);
    }

    /** Applies without looking at it first, as a follower does. */
    Reply apply(Request request) {
        return apply(requests.encode(request, ++correlationId));
    }

    void applyUnheard(Request request) {
        int length = requests.encode(request, ++correlationId);
        machine.apply(machine.appliedIndex() + 1, TERM, StateMachine.COMMAND, requests.buffer(), 0, length, null);
    }

    long removalCount(Request request) {
        return machine.removalCount(requests.buffer(), 0, requests.encode(request, ++correlationId));
    }

    RequestPath path(Request request) {
        return paths.find(requests.buffer(), 0, requests.encode(request, 1));
    }

    /** Starts a read; its first slice is in {@link #encoder}. */
    RangeScan startRead(Request request, int sliceBytes) {
        encoder.reset();
        return machine.read(requests.buffer(), 0, requests.encode(request, ++correlationId), sliceBytes, encoder);
    }

    /** Reads the rest of a range and puts the slices together. */
    Reply finish(RangeScan scan, int sliceBytes) {
        List<Reply.Pair> pairs = new ArrayList<>();
        Reply reply = null;
        boolean more = true;
        while (more) {
            if (encoder.length() > 0) {
                reply = replies.decode(encoder.buffer(), 0, encoder.length());
                assertEquals(correlationId, replies.correlationId());
                if (reply instanceof Reply.Range range) {
                    pairs.addAll(range.pairs());
                }
            }
            more = scan != null && !scan.isDone();
            if (more) {
                encoder.reset();
                scan.next(encoder, sliceBytes);
            }
        }
        if (scan != null) {
            scan.close();
        }
        return reply instanceof Reply.Range last
                ? new Reply.Range(last.revision(), last.count(), last.more(), pairs)
                : reply;
    }

    /** What is in {@link #encoder}. */
    Reply decodeReply() {
        return replies.decode(encoder.buffer(), 0, encoder.length());
    }

    Reply.Pair get(String key) {
        Reply.Range range = (Reply.Range) ask(Request.get(key));
        return range.pairs().isEmpty() ? null : range.pairs().get(0);
    }

    /** Does all background work there is. */
    void settle() {
        int done;
        do {
            done = machine.doBackgroundWork(1000);
        } while (done > 0);
    }

    void check() {
        assertEquals(List.of(), StateCheck.run(machine));
    }

    void checkpoint() {
        store.checkpoint();
    }

    /** Stops without a checkpoint and starts again from the last one. */
    void restart() {
        close();
        open();
    }

    private Reply apply(int length) {
        encoder.reset();
        machine.apply(machine.appliedIndex() + 1, TERM, StateMachine.COMMAND, requests.buffer(), 0, length, encoder);
        return replies.decode(encoder.buffer(), 0, encoder.length());
    }

    private void open() {
        files = disk.mount();
        store = PageStore.open(files, new PageStoreContext().regionBytes(4 * 1024 * 1024));
        index = indexes.get();
        machine = new StateMachine(store, index, limits);
    }

    @Override
    public void close() {
        index.close();
        store.close();
        files.close();
    }
}
