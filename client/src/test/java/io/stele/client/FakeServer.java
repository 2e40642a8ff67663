package io.stele.client;

import io.stele.transport.ApiError;
import io.stele.transport.MessageSequence;
import io.stele.transport.ReplySplitter;
import io.stele.transport.RequestFrame;
import io.stele.transport.SendResult;
import io.stele.transport.client.ClientHandler;
import io.stele.transport.client.ClientLinkContext;
import io.stele.transport.client.NettyClientLink;
import io.stele.transport.codec.CloseSessionRequestDecoder;
import io.stele.transport.codec.DeleteRangeReplyEncoder;
import io.stele.transport.codec.DeleteRangeRequestDecoder;
import io.stele.transport.codec.ErrorCode;
import io.stele.transport.codec.ErrorReplyEncoder;
import io.stele.transport.codec.KeyValueEncoder;
import io.stele.transport.codec.MemberListRequestDecoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.OpenSessionRequestDecoder;
import io.stele.transport.codec.PutReplyEncoder;
import io.stele.transport.codec.PutRequestDecoder;
import io.stele.transport.codec.RangeReplyEncoder;
import io.stele.transport.codec.RangeRequestDecoder;
import io.stele.transport.codec.StatusReplyEncoder;
import io.stele.transport.codec.StatusRequestDecoder;
import io.stele.transport.codec.TxnReplyEncoder;
import io.stele.transport.codec.TxnRequestDecoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A server of a few lines: a sorted map behind a real link. It has no history and no conditions: every comparison
 * holds. What it is told to do wrong is in the volatile fields.
 */
public final class FakeServer implements ClientHandler, AutoCloseable {
    static final int RANGE_CHUNK = 100;

    /** Requests are taken, and nothing is answered. */
    volatile boolean isMute;
    /** The next request ends its connection instead of being answered, after it was done. */
    final AtomicInteger hangUps = new AtomicInteger();
    /** So many requests are refused before anything is done. */
    final AtomicInteger refusals = new AtomicInteger();

    /** So many reads are taken and never answered. */
    final AtomicInteger swallows = new AtomicInteger();

    /** Requests taken while mute. */
    final AtomicInteger unanswered = new AtomicInteger();

    final AtomicInteger puts = new AtomicInteger();

    private final NavigableMap<Bytes, Bytes> store;
    private final FakeCluster cluster;
    private final NettyClientLink link;
    private final Thread thread;
    private volatile boolean isClosed;
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final MessageSequence sequence = new MessageSequence();
    private final ReplySplitter splitter = new ReplySplitter();
    private final ArrayDeque<Object[]> backlog = new ArrayDeque<>();
    private long revision = 1;
    private int end;

    FakeServer(int port, NavigableMap<Bytes, Bytes> store) {
        this(port, store, new FakeCluster(), 5);
    }

    /** A member of a cluster; all of them see one store at once. */
    FakeServer(int port, NavigableMap<Bytes, Bytes> store, FakeCluster cluster, long memberId) {
        this.store = store;
        this.cluster = cluster;
        thread = new Thread(this::run, "fake-server");
        link = new NettyClientLink(new ClientLinkContext()
                .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .identity(77, memberId, "fake", "0.0.1")
                .wakeup(() -> LockSupport.unpark(thread)));
        thread.start();
        cluster.add(memberId, endpoint());
    }

    public FakeServer() {
        this(0, new TreeMap<>());
    }

    int port() {
        return link.ports()[0];
    }

    public String endpoint() {
        return "127.0.0.1:" + port();
    }

    NavigableMap<Bytes, Bytes> store() {
        return store;
    }

    private void run() {
        while (!isClosed) {
            int work = link.poll(this, 100);
            work += sendBacklog();
            link.flush();
            if (work == 0) {
                LockSupport.park();
            }
        }
        link.close();
    }

    /** As a server does that is about to stop. */
    void announceEnd() {
        link.announceEnd("fake server stopped");
    }

    @Override
    public void close() {
        isClosed = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void onConnected(long connectionId) {}

    @Override
    public void onDisconnected(long connectionId) {}

    @Override
    public void onRequest(long connectionId, DirectBuffer frame, int offset, int length) {
        if (isMute) {
            unanswered.incrementAndGet();
            return;
        }
        long correlationId = ReplySplitter.correlationId(frame, offset);
        if (refusals.get() > 0) {
            refusals.decrementAndGet();
            error(connectionId, correlationId, ApiError.NO_LEADER);
            return;
        }
        end = 0;
        sequence.wrap(frame, offset, length);
        sequence.next();
        switch (sequence.templateId()) {
            case RangeRequestDecoder.TEMPLATE_ID -> {
                if (swallows.get() > 0) {
                    swallows.decrementAndGet();
                } else {
                    rangeInChunks(connectionId, correlationId);
                }
                return;
            }
            case StatusRequestDecoder.TEMPLATE_ID -> status(correlationId);
            case MemberListRequestDecoder.TEMPLATE_ID -> {
                send(connectionId, 0, cluster.list(buffer, correlationId));
                return;
            }
            case OpenSessionRequestDecoder.TEMPLATE_ID -> end = cluster.openSession(buffer, correlationId);
            case CloseSessionRequestDecoder.TEMPLATE_ID -> {
                return; // nobody waits for it
            }
            default -> {
                synchronized (cluster) { // a repetition may be with another member at the same time
                    end = cluster.recall(frame, offset, buffer);
                    if (end == 0) {
                        operation(correlationId);
                        cluster.remember(frame, offset, buffer, end);
                    }
                }
                buffer.putLong(MessageHeaderEncoder.ENCODED_LENGTH, correlationId);
                if (RequestFrame.templateId(buffer, 0) == ErrorReplyEncoder.TEMPLATE_ID) {
                    send(connectionId, 0, end);
                    return;
                }
            }
        }
        if (hangUps.get() > 0) {
            hangUps.decrementAndGet();
            link.close(connectionId, 0, "hung up");
            return;
        }
        splitter.wrap(buffer, 0, end, 64 * 1024);
        while (splitter.next()) {
            send(connectionId, splitter.frameOffset(), splitter.frameLength());
        }
    }

    private void operation(long correlationId) {
        switch (sequence.templateId()) {
            case PutRequestDecoder.TEMPLATE_ID -> put(correlationId);
            case DeleteRangeRequestDecoder.TEMPLATE_ID -> delete(correlationId);
            case RangeRequestDecoder.TEMPLATE_ID -> {
                List<Map.Entry<Bytes, Bytes>> found = select();
                rangeReply(correlationId, found.size(), found.size(), false);
                found.forEach(this::pair);
            }
            case TxnRequestDecoder.TEMPLATE_ID -> txn(correlationId);
            default -> throw new IllegalStateException("message " + sequence.templateId());
        }
    }

    private void put(long correlationId) {
        puts.incrementAndGet();
        PutRequestDecoder request = new PutRequestDecoder();
        request.wrap(sequence.buffer(), sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        boolean wantsPrevious = request.flags().previous();
        UnsafeBuffer view = new UnsafeBuffer(0, 0);
        request.wrapKey(view);
        Bytes key = bytes(view);
        request.wrapValue(view);
        Bytes previous = store.put(key, bytes(view));
        PutReplyEncoder reply = new PutReplyEncoder().wrapAndApplyHeader(buffer, end, header);
        reply.correlationId(correlationId).revision(++revision).raftTerm(cluster.term());
        reply.flags().clear().previous(wantsPrevious && previous != null);
        end = reply.limit();
        if (wantsPrevious && previous != null) {
            pair(Map.entry(key, previous));
        }
    }

    private void delete(long correlationId) {
        DeleteRangeRequestDecoder request = new DeleteRangeRequestDecoder();
        request.wrap(sequence.buffer(), sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        boolean wantsPrevious = request.flags().previous();
        UnsafeBuffer view = new UnsafeBuffer(0, 0);
        request.wrapKey(view);
        Bytes key = bytes(view);
        request.wrapRangeEnd(view);
        List<Map.Entry<Bytes, Bytes>> found = select(key, bytes(view));
        found.forEach(entry -> store.remove(entry.getKey()));
        DeleteRangeReplyEncoder reply = new DeleteRangeReplyEncoder().wrapAndApplyHeader(buffer, end, header);
        reply.correlationId(correlationId).revision(++revision).raftTerm(2).deleted(found.size());
        reply.kvCount(wantsPrevious ? found.size() : 0);
        reply.flags().clear();
        end = reply.limit();
        if (wantsPrevious) {
            found.forEach(this::pair);
        }
    }

    private void txn(long correlationId) {
        TxnRequestDecoder request = new TxnRequestDecoder();
        request.wrap(sequence.buffer(), sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        long compares = request.compareCount();
        long successes = request.successCount();
        long failures = request.failureCount();
        TxnReplyEncoder reply = new TxnReplyEncoder().wrapAndApplyHeader(buffer, end, header);
        reply.correlationId(correlationId).revision(revision + 1).raftTerm(2).replyCount(successes);
        reply.flags().clear().succeeded(true);
        end = reply.limit();
        for (long i = 0; i < compares; i++) {
            sequence.next();
        }
        for (long i = 0; i < successes; i++) {
            sequence.next();
            operation(0);
        }
        for (long i = 0; i < failures; i++) {
            sequence.next();
            sequence.skipParts();
        }
    }

    private void status(long correlationId) {
        StatusReplyEncoder reply = new StatusReplyEncoder().wrapAndApplyHeader(buffer, end, header);
        reply.correlationId(correlationId).revision(revision).raftTerm(2);
        reply.flags().clear();
        reply.leaderId(5)
                .raftIndex(9)
                .raftAppliedIndex(8)
                .dbLength(4096)
                .dbLengthInUse(1024)
                .dbQuota(0);
        reply.compactRevision(-1).keyCount(store.size());
        reply.serverVersion("0.0.1").storageVersion("1").errors("etcdserver: no leader\nNOSPACE");
        end = reply.limit();
    }

    private void rangeInChunks(long connectionId, long correlationId) {
        List<Map.Entry<Bytes, Bytes>> found = select();
        int first = 0;
        do {
            int last = Math.min(found.size(), first + RANGE_CHUNK);
            end = 0;
            rangeReply(correlationId, last - first, found.size(), last < found.size());
            found.subList(first, last).forEach(this::pair);
            send(connectionId, 0, end);
            first = last;
        } while (first < found.size());
    }

    private void rangeReply(long correlationId, int pairs, int count, boolean isPartial) {
        RangeReplyEncoder reply = new RangeReplyEncoder().wrapAndApplyHeader(buffer, end, header);
        reply.correlationId(correlationId).revision(revision).raftTerm(2).kvCount(pairs);
        reply.count(isPartial ? 0 : count);
        reply.flags().clear().partial(isPartial);
        end = reply.limit();
    }

    private List<Map.Entry<Bytes, Bytes>> select() {
        RangeRequestDecoder request = new RangeRequestDecoder();
        request.wrap(sequence.buffer(), sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        UnsafeBuffer view = new UnsafeBuffer(0, 0);
        request.wrapKey(view);
        Bytes key = bytes(view);
        request.wrapRangeEnd(view);
        return select(key, bytes(view));
    }

    private List<Map.Entry<Bytes, Bytes>> select(Bytes key, Bytes rangeEnd) {
        if (rangeEnd.isEmpty()) {
            Bytes value = store.get(key);
            return value == null ? List.of() : List.of(Map.entry(key, value));
        }
        if (rangeEnd.equals(Bytes.ZERO)) {
            return new ArrayList<>(store.tailMap(key).entrySet());
        }
        return new ArrayList<>(store.subMap(key, rangeEnd).entrySet());
    }

    private void pair(Map.Entry<Bytes, Bytes> entry) {
        KeyValueEncoder pair = new KeyValueEncoder().wrapAndApplyHeader(buffer, end, header);
        pair.createRevision(2).modRevision(3).version(4).lease(0);
        byte[] key = entry.getKey().array();
        byte[] value = entry.getValue().array();
        pair.putKey(key, 0, key.length).putValue(value, 0, value.length);
        end = pair.limit();
    }

    private void error(long connectionId, long correlationId, ApiError error) {
        ErrorReplyEncoder reply = new ErrorReplyEncoder().wrapAndApplyHeader(buffer, 0, header);
        reply.correlationId(correlationId).revision(revision).raftTerm(2);
        reply.flags().clear().notApplied(true);
        reply.code(error.code()).text(error.text());
        send(connectionId, 0, reply.limit());
    }

    void refuseAll(ErrorCode code) {
        assert code == ErrorCode.UNAVAILABLE;
        refusals.set(Integer.MAX_VALUE);
    }

    private void send(long connectionId, int offset, int length) {
        if (!backlog.isEmpty() || link.send(connectionId, buffer, offset, length) == SendResult.BACK_PRESSURED) {
            byte[] copy = new byte[length];
            buffer.getBytes(offset, copy);
            backlog.add(new Object[] {connectionId, new UnsafeBuffer(copy)});
        }
    }

    private int sendBacklog() {
        int count = 0;
        while (!backlog.isEmpty()) {
            DirectBuffer reply = (DirectBuffer) backlog.peek()[1];
            if (link.send((Long) backlog.peek()[0], reply, 0, reply.capacity()) == SendResult.BACK_PRESSURED) {
                break;
            }
            backlog.poll();
            count++;
        }
        return count;
    }

    private static Bytes bytes(DirectBuffer view) {
        byte[] copy = new byte[view.capacity()];
        view.getBytes(0, copy);
        return Bytes.of(copy);
    }
}
