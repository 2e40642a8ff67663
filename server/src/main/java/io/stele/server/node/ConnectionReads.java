package io.stele.server.node;

import io.stele.server.machine.RangeScan;
import io.stele.transport.ReplySplitter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** The reads of one connection that could not be answered at once: those not begun, and those of which more follows. */
final class ConnectionReads {
    final long connectionId;
    private final ArrayDeque<UnsafeBuffer> waiting = new ArrayDeque<>();
    private final List<Scan> scans = new ArrayList<>();
    private int next;

    ConnectionReads(long connectionId) {
        this.connectionId = connectionId;
    }

    boolean isEmpty() {
        return waiting.isEmpty() && scans.isEmpty();
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    /** Keeps a copy of a request for later. */
    void defer(DirectBuffer buffer, int offset, int length) {
        byte[] request = new byte[length];
        buffer.getBytes(offset, request);
        waiting.add(new UnsafeBuffer(request));
    }

    /** The request that has waited longest. */
    UnsafeBuffer pollWaiting() {
        return waiting.poll();
    }

    void open(long correlationId, RangeScan rows) {
        scans.add(new Scan(correlationId, rows));
    }

    /** The scan whose turn it is; null for none. */
    Scan nextScan() {
        if (scans.isEmpty()) {
            return null;
        }
        next = next + 1 >= scans.size() ? 0 : next + 1;
        return scans.get(next);
    }

    void close(Scan scan) {
        scans.remove(scan);
        scan.rows.close();
        next = 0;
    }

    /** The scan with this correlation id; null for none. */
    Scan find(long correlationId) {
        for (Scan scan : scans) {
            if (scan.correlationId == correlationId) {
                return scan;
            }
        }
        return null;
    }

    /** Drops the waiting request with this correlation id; its length, 0 if there is none. */
    int dropWaiting(long correlationId) {
        var requests = waiting.iterator();
        while (requests.hasNext()) {
            UnsafeBuffer request = requests.next();
            if (ReplySplitter.correlationId(request, 0) == correlationId) {
                requests.remove();
                return request.capacity();
            }
        }
        return 0;
    }

    /** One range that is being read. */
    static final class Scan {
        final long correlationId;
        final RangeScan rows;

        private Scan(long correlationId, RangeScan rows) {
            this.correlationId = correlationId;
            this.rows = rows;
        }
    }
}
