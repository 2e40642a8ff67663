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

    /** When there was room for it for the last time. */
    long servedNs;

    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final List<Scan> scans = new ArrayList<>();
    private int next;

    ConnectionReads(long connectionId) {
        this.connectionId = connectionId;
    }

    boolean isEmpty() {
        return waiting.isEmpty() && scans.isEmpty();
    }

    boolean hasScans() {
        return !scans.isEmpty();
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    /** Keeps a copy of a request for later. */
    void defer(DirectBuffer buffer, int offset, int length, StageTimes times) {
        byte[] request = new byte[length];
        buffer.getBytes(offset, request);
        waiting.add(new Waiting(new UnsafeBuffer(request), times));
    }

    /** The request that has waited longest. */
    Waiting pollWaiting() {
        return waiting.poll();
    }

    void open(long correlationId, RangeScan rows, StageTimes times) {
        scans.add(new Scan(correlationId, rows, times));
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
            UnsafeBuffer request = requests.next().request;
            if (ReplySplitter.correlationId(request, 0) == correlationId) {
                requests.remove();
                return request.capacity();
            }
        }
        return 0;
    }

    /** A request that is not begun. */
    static final class Waiting {
        final UnsafeBuffer request;
        final StageTimes times = new StageTimes();

        private Waiting(UnsafeBuffer request, StageTimes times) {
            this.request = request;
            this.times.set(times);
        }
    }

    /** One range that is being read. */
    static final class Scan {
        final long correlationId;
        final RangeScan rows;
        final StageTimes times = new StageTimes();

        private Scan(long correlationId, RangeScan rows, StageTimes times) {
            this.correlationId = correlationId;
            this.rows = rows;
            this.times.set(times);
        }
    }
}
