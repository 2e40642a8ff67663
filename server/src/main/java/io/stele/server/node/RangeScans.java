package io.stele.server.node;

import io.stele.server.machine.RangeScan;
import io.stele.storage.file.StorageException;
import io.stele.transport.ApiError;
import io.stele.transport.ReplySplitter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.NanoClock;

/**
 * Reads that are being served, long ranges a slice at a time.
 *
 * <p>The first slice is sent at once, so that a short range is one reply. What is longer goes on here, between the
 * node's other work, one slice of each connection in turn, and only when the connection has room: a long list delays no
 * put, and what of it is in memory is what the socket has not yet taken. A read that comes while its connection has no
 * room is not even begun: it waits as a request, and is then read as of a later moment, which is as linearizable. A
 * list that its client does not go on taking is given up: it holds back the removal of what is compacted.
 */
final class RangeScans {
    /** Bytes of one slice, roughly: a slice ends with the pair that reaches it. */
    static final int SLICE_BYTES = 128 * 1024;

    /** A connection with more than this unsent gets no further slice. */
    static final long QUEUED_BYTES_MAX = 1024 * 1024;

    /** Scans open at once; what is compacted is not removed before those that read it are through. */
    static final int SCANS_MAX = 1024;

    /** Bytes of requests that wait to be begun, for all connections together. */
    static final int WAITING_BYTES_MAX = 16 * 1024 * 1024;

    /** Slices sent in one duty cycle: puts come in between. */
    private static final int SLICES_PER_CYCLE = 16;

    private static final long GIVE_UP_NS = TimeUnit.SECONDS.toNanos(60);

    private final NodeState node;
    private final NanoClock clock;
    private final Long2ObjectHashMap<ConnectionReads> byConnection = new Long2ObjectHashMap<>();
    private final List<ConnectionReads> all = new ArrayList<>();
    private final SnapshotStreams snapshots;
    private final HistoryHashes hashes;
    private int next;
    private int openCount;
    private int waitingBytes;

    RangeScans(NodeState node, NanoClock clock) {
        this.node = node;
        this.clock = clock;
        snapshots = new SnapshotStreams(node);
        hashes = new HistoryHashes(node);
    }

    /** Begins to send a snapshot of the state as it is. */
    void startSnapshot(long connectionId, long correlationId) {
        snapshots.start(connectionId, correlationId);
    }

    /** Begins to make a checksum of history as it is. */
    void startHash(long connectionId, DirectBuffer buffer, int offset) {
        hashes.start(connectionId, buffer, offset);
    }

    /** Answers a read, or sends its first slice; or keeps it until its connection has room. */
    void start(long connectionId, DirectBuffer buffer, int offset, int length) {
        ConnectionReads reads = byConnection.get(connectionId);
        if ((reads != null && reads.hasWaiting()) || !hasRoom(connectionId)) {
            defer(connectionId, buffer, offset, length);
        } else {
            begin(connectionId, buffer, offset, length, node.reads.times());
        }
    }

    private boolean hasRoom(long connectionId) {
        return !node.replies.isBackPressured(connectionId) && node.link.queuedBytes(connectionId) <= QUEUED_BYTES_MAX;
    }

    private void begin(long connectionId, DirectBuffer buffer, int offset, int length, StageTimes times) {
        long correlationId = ReplySplitter.correlationId(buffer, offset);
        RangeScan scan = node.machine.read(buffer, offset, length, SLICE_BYTES, node.beginReply());
        if (scan != null && openCount >= SCANS_MAX) {
            scan.close();
            node.sendError(connectionId, correlationId, ApiError.TOO_MANY_REQUESTS);
            return;
        }
        send(connectionId, times, scan == null);
        if (scan != null) {
            ConnectionReads reads = of(connectionId);
            reads.open(correlationId, scan, times);
            reads.servedNs = node.nowNs;
            openCount++;
        }
    }

    /** Sends what was read, the last of it with the times, where they are asked for. */
    private void send(long connectionId, StageTimes times, boolean isLast) {
        if (times.areWanted()) {
            long nowNs = clock.nanoTime();
            times.onExecuted(nowNs);
            if (isLast) {
                times.end(node.reply, nowNs);
            }
        }
        node.sendReply(connectionId);
    }

    private void defer(long connectionId, DirectBuffer buffer, int offset, int length) {
        if (waitingBytes + length > WAITING_BYTES_MAX) {
            node.sendError(connectionId, ReplySplitter.correlationId(buffer, offset), ApiError.TOO_MANY_REQUESTS);
            return;
        }
        waitingBytes += length;
        of(connectionId).defer(buffer, offset, length, node.reads.times());
    }

    private ConnectionReads of(long connectionId) {
        ConnectionReads reads = byConnection.get(connectionId);
        if (reads == null) {
            reads = new ConnectionReads(connectionId);
            byConnection.put(connectionId, reads);
            all.add(reads);
        }
        return reads;
    }

    /** Goes on with the reads of each connection that has room: begins those that wait, then sends slices in turn. */
    int doWork() {
        int workCount = snapshots.doWork() + hashes.doWork();
        for (int i = all.size(); i > 0 && workCount < SLICES_PER_CYCLE; i--) {
            next = next + 1 >= all.size() ? 0 : next + 1;
            ConnectionReads reads = all.get(next);
            if (hasRoom(reads.connectionId)) {
                workCount++;
                reads.servedNs = node.nowNs;
                goOn(reads);
            } else if (reads.hasScans() && node.nowNs - reads.servedNs >= GIVE_UP_NS) {
                workCount++;
                giveUp(reads);
            }
        }
        return workCount;
    }

    private void goOn(ConnectionReads reads) {
        ConnectionReads.Waiting waiting = reads.pollWaiting();
        if (waiting != null) {
            int length = waiting.request.capacity();
            waitingBytes -= length;
            beginLate(reads.connectionId, waiting);
        } else {
            ConnectionReads.Scan scan = reads.nextScan();
            boolean more = scan.rows.next(node.beginReply(), SLICE_BYTES);
            send(reads.connectionId, scan.times, !more);
            if (!more) {
                close(reads, scan);
            }
        }
        forgetIfEmpty(reads);
    }

    private void giveUp(ConnectionReads reads) {
        for (ConnectionReads.Scan scan = reads.nextScan(); scan != null; scan = reads.nextScan()) {
            close(reads, scan);
            node.sendError(reads.connectionId, scan.correlationId, ApiError.TIMEOUT);
        }
        forgetIfEmpty(reads);
    }

    private void beginLate(long connectionId, ConnectionReads.Waiting waiting) {
        DirectBuffer request = waiting.request;
        try {
            begin(connectionId, request, 0, request.capacity(), waiting.times);
        } catch (StorageException e) { // a damaged page: it waits no more, and is no scan either
            node.sendError(connectionId, ReplySplitter.correlationId(request, 0), ApiError.UNHEALTHY);
            throw e;
        }
    }

    private void close(ConnectionReads reads, ConnectionReads.Scan scan) {
        reads.close(scan);
        openCount--;
    }

    private void forgetIfEmpty(ConnectionReads reads) {
        if (reads.isEmpty()) {
            byConnection.remove(reads.connectionId);
            all.remove(reads);
            next = 0;
        }
    }

    void cancel(long connectionId, long correlationId) {
        if (snapshots.cancel(connectionId, correlationId) || hashes.cancel(connectionId, correlationId)) {
            return;
        }
        ConnectionReads reads = byConnection.get(connectionId);
        if (reads == null) {
            return;
        }
        int waitingLength = reads.dropWaiting(correlationId);
        ConnectionReads.Scan scan = reads.find(correlationId);
        if (scan != null) {
            close(reads, scan);
        }
        if (scan != null || waitingLength > 0) {
            waitingBytes -= waitingLength;
            node.sendError(connectionId, correlationId, ApiError.CANCELLED);
        }
        forgetIfEmpty(reads);
    }

    void onDisconnected(long connectionId) {
        snapshots.onDisconnected(connectionId);
        hashes.onDisconnected(connectionId);
        ConnectionReads reads = byConnection.get(connectionId);
        if (reads != null) {
            drop(reads, false);
            forgetIfEmpty(reads);
        }
    }

    /** The state that they read goes away. */
    void failAll() {
        snapshots.failAll();
        hashes.failAll();
        for (ConnectionReads reads : all) {
            drop(reads, true);
        }
        byConnection.clear();
        all.clear();
        next = 0;
    }

    private void drop(ConnectionReads reads, boolean answer) {
        for (var waiting = reads.pollWaiting(); waiting != null; waiting = reads.pollWaiting()) {
            waitingBytes -= waiting.request.capacity();
            if (answer) {
                fail(reads.connectionId, ReplySplitter.correlationId(waiting.request, 0));
            }
        }
        for (ConnectionReads.Scan scan = reads.nextScan(); scan != null; scan = reads.nextScan()) {
            close(reads, scan);
            if (answer) {
                fail(reads.connectionId, scan.correlationId);
            }
        }
    }

    private void fail(long connectionId, long correlationId) {
        node.sendError(connectionId, correlationId, ApiError.LEADER_CHANGED);
    }

    int openCount() {
        return openCount;
    }

    /** Bytes of requests that are not begun yet. */
    int waitingBytes() {
        return waitingBytes;
    }
}
