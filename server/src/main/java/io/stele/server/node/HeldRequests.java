package io.stele.server.node;

import io.stele.consensus.Role;
import io.stele.transport.ApiError;
import io.stele.transport.ReplySplitter;
import io.stele.transport.client.ClientHandler;
import java.util.ArrayDeque;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Requests that need a leader while none is known: they wait for the election instead of failing, as they do at etcd,
 * and have not been carried out in any way. Bounded by bytes; what does not fit is refused.
 */
final class HeldRequests {
    static final int BYTES_MAX = 16 * 1024 * 1024;

    private record Held(long connectionId, UnsafeBuffer request, long deadlineNs) {}

    private final NodeState node;
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private int bytes;

    HeldRequests(NodeState node) {
        this.node = node;
    }

    /** Keeps a copy of the request; null if it is kept, else why not. */
    ApiError hold(long connectionId, DirectBuffer buffer, int offset, int length) {
        if (bytes + length > BYTES_MAX) {
            return ApiError.NO_LEADER;
        }
        byte[] copy = new byte[length];
        buffer.getBytes(offset, copy);
        held.add(new Held(connectionId, new UnsafeBuffer(copy), node.nowNs + ForwardedRequests.TIMEOUT_NS));
        bytes += length;
        return null;
    }

    /** Takes them up again once there is a leader within reach; answers those whose time is up. */
    int doWork(ClientHandler requests) {
        int workCount = 0;
        boolean isLed = (node.raft.role() == Role.LEADER && node.raft.transferTarget() == 0)
                || (node.metBy.contains(node.raft.leaderId()) && node.peers.isConnected(node.raft.leaderId()));
        for (int i = held.size(); i > 0; i--) {
            Held oldest = held.peek();
            boolean isLate = node.nowNs - oldest.deadlineNs >= 0;
            if ((!isLed && !isLate) || !node.pending.hasRoomFor(1)) {
                break;
            }
            held.poll();
            int length = oldest.request.capacity();
            bytes -= length;
            if (isLate) {
                node.sendError(oldest.connectionId, ReplySplitter.correlationId(oldest.request, 0), ApiError.TIMEOUT);
            } else {
                requests.onRequest(oldest.connectionId, oldest.request, 0, length);
            }
            workCount++;
        }
        return workCount;
    }

    int count() {
        return held.size();
    }
}
