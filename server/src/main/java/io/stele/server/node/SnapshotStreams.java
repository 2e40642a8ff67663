package io.stele.server.node;

import io.stele.transport.ApiError;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The snapshots that clients are taking of this member. While one is under way, space that is freed is not used again:
 * so there are few at once, and one that its client does not go on taking is given up.
 */
final class SnapshotStreams {
    private static final int STREAMS_MAX = 4;
    private static final long GIVE_UP_NS = TimeUnit.SECONDS.toNanos(60);

    /** More than that on its way to a client is no room. */
    private static final int QUEUED_BYTES_MAX = 512 * 1024;

    private final NodeState node;
    private final List<SnapshotStream> streams = new ArrayList<>();

    SnapshotStreams(NodeState node) {
        this.node = node;
    }

    void start(long connectionId, long correlationId) {
        if (streams.size() >= STREAMS_MAX) {
            node.sendError(connectionId, correlationId, ApiError.TOO_MANY_REQUESTS);
        } else {
            streams.add(new SnapshotStream(node, connectionId, correlationId));
        }
    }

    /** One piece for each connection that has room. */
    int doWork() {
        int workCount = 0;
        for (int i = streams.size() - 1; i >= 0; i--) {
            SnapshotStream stream = streams.get(i);
            if (hasRoom(stream.connectionId)) {
                workCount++;
                if (!stream.sendNext()) {
                    close(stream);
                }
            } else if (node.nowNs - stream.takenNs >= GIVE_UP_NS) {
                node.sendError(stream.connectionId, stream.correlationId, ApiError.TIMEOUT);
                close(stream);
            }
        }
        return workCount;
    }

    private boolean hasRoom(long connectionId) {
        return !node.replies.isBackPressured(connectionId) && node.link.queuedBytes(connectionId) <= QUEUED_BYTES_MAX;
    }

    /** False if there is none of that number. */
    boolean cancel(long connectionId, long correlationId) {
        for (SnapshotStream stream : streams) {
            if (stream.connectionId == connectionId && stream.correlationId == correlationId) {
                node.sendError(connectionId, correlationId, ApiError.CANCELLED);
                close(stream);
                return true;
            }
        }
        return false;
    }

    void onDisconnected(long connectionId) {
        for (int i = streams.size() - 1; i >= 0; i--) {
            if (streams.get(i).connectionId == connectionId) {
                close(streams.get(i));
            }
        }
    }

    /** The state that they read goes away. */
    void failAll() {
        while (!streams.isEmpty()) {
            SnapshotStream stream = streams.get(0);
            node.sendError(stream.connectionId, stream.correlationId, ApiError.LEADER_CHANGED);
            close(stream);
        }
    }

    private void close(SnapshotStream stream) {
        streams.remove(stream);
        stream.close();
    }

    int openCount() {
        return streams.size();
    }
}
