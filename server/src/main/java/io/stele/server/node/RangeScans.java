package io.stele.server.node;

import io.stele.server.machine.RangeScan;
import io.stele.transport.ApiError;
import io.stele.transport.ReplySplitter;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * Reads that are being served, long ranges a slice at a time.
 *
 * <p>The first slice is sent at once, so that a short range is one reply. What is longer goes on here, between the
 * node's other work, one slice of each scan in turn, and only when its connection has room: a long list delays no put,
 * and what of it is in memory is what the socket has not yet taken.
 */
final class RangeScans {
    /** Bytes of one slice, roughly: a slice ends with the pair that reaches it. */
    static final int SLICE_BYTES = 128 * 1024;

    /** A connection with more than this unsent gets no further slice. */
    static final long QUEUED_BYTES_MAX = 1024 * 1024;

    /** Scans open at once; each pins a view of the store. */
    static final int SCANS_MAX = 1024;

    private final NodeState node;
    private final List<Scan> open = new ArrayList<>();
    private int next;

    RangeScans(NodeState node) {
        this.node = node;
    }

    /** Answers a read, or sends its first slice. */
    void start(long connectionId, DirectBuffer buffer, int offset, int length) {
        if (open.size() >= SCANS_MAX) {
            node.sendError(connectionId, ReplySplitter.correlationId(buffer, offset), ApiError.TOO_MANY_REQUESTS);
            return;
        }
        RangeScan scan = node.machine.read(buffer, offset, length, SLICE_BYTES, node.beginReply());
        node.sendReply(connectionId);
        if (scan != null) {
            open.add(new Scan(connectionId, ReplySplitter.correlationId(buffer, offset), scan));
        }
    }

    /** Sends a slice of each open scan whose connection has room. */
    int doWork() {
        int workCount = 0;
        for (int i = open.size(); i > 0; i--) {
            next = next + 1 >= open.size() ? 0 : next + 1;
            Scan scan = open.get(next);
            if (node.replies.isBackPressured(scan.connectionId)
                    || node.link.queuedBytes(scan.connectionId) > QUEUED_BYTES_MAX) {
                continue;
            }
            workCount++;
            boolean more = scan.rows.next(node.beginReply(), SLICE_BYTES);
            node.sendReply(scan.connectionId);
            if (!more) {
                close(next);
            }
        }
        return workCount;
    }

    void cancel(long connectionId, long correlationId) {
        for (int i = open.size() - 1; i >= 0; i--) {
            Scan scan = open.get(i);
            if (scan.connectionId == connectionId && scan.correlationId == correlationId) {
                close(i);
                node.sendError(connectionId, correlationId, ApiError.CANCELLED);
            }
        }
    }

    void onDisconnected(long connectionId) {
        for (int i = open.size() - 1; i >= 0; i--) {
            if (open.get(i).connectionId == connectionId) {
                close(i);
            }
        }
    }

    /** The state that they read goes away. */
    void failAll() {
        for (Scan scan : open) {
            scan.rows.close();
            node.sendError(scan.connectionId, scan.correlationId, ApiError.LEADER_CHANGED);
        }
        open.clear();
        next = 0;
    }

    int openCount() {
        return open.size();
    }

    private void close(int place) {
        open.remove(place).rows.close();
        next = 0;
    }

    private record Scan(long connectionId, long correlationId, RangeScan rows) {}
}
