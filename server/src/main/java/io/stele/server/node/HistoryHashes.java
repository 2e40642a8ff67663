package io.stele.server.node;

import io.stele.server.machine.HistoryHash;
import io.stele.transport.ApiError;
import io.stele.transport.codec.HashKvReplyEncoder;
import io.stele.transport.codec.HashKvRequestDecoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Checksums of history that clients wait for: made in slices between the node's other work, the oldest first. */
final class HistoryHashes {
    private static final int HASHES_MAX = 4;
    private static final int SLICE_BYTES = 128 * 1024;

    private final NodeState node;
    private final List<Asked> asked = new ArrayList<>();
    private final MessageHeaderDecoder requestHeader = new MessageHeaderDecoder();
    private final HashKvRequestDecoder request = new HashKvRequestDecoder();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final HashKvReplyEncoder reply = new HashKvReplyEncoder();
    private final UnsafeBuffer buffer =
            new UnsafeBuffer(new byte[MessageHeaderEncoder.ENCODED_LENGTH + HashKvReplyEncoder.BLOCK_LENGTH]);

    private record Asked(long connectionId, long correlationId, HistoryHash hash) {}

    HistoryHashes(NodeState node) {
        this.node = node;
    }

    void start(long connectionId, DirectBuffer frame, int offset) {
        request.wrapAndApplyHeader(frame, offset, requestHeader);
        long correlationId = request.correlationId();
        long wanted = request.atRevision();
        long newest = node.machine.revision();
        ApiError error = null;
        if (wanted > 0 && wanted < node.machine.compactRevision()) {
            error = ApiError.COMPACTED;
        } else if (wanted > newest) {
            error = ApiError.FUTURE_REVISION;
        } else if (asked.size() >= HASHES_MAX) {
            error = ApiError.TOO_MANY_REQUESTS;
        }
        if (error != null) {
            node.sendError(connectionId, correlationId, error);
            return;
        }
        long revision = wanted > 0 ? wanted : newest;
        asked.add(new Asked(connectionId, correlationId, new HistoryHash(node.store, revision)));
    }

    int doWork() {
        if (asked.isEmpty()) {
            return 0;
        }
        Asked oldest = asked.get(0);
        if (!oldest.hash.add(SLICE_BYTES)) {
            answer(oldest);
            close(oldest);
        }
        return 1;
    }

    private void answer(Asked done) {
        reply.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(done.correlationId)
                .revision(node.machine.revision())
                .raftTerm(node.raft.term())
                .hash(Integer.toUnsignedLong(done.hash.value()))
                .compactRevision(done.hash.compactRevision())
                .hashRevision(done.hash.hashRevision());
        reply.flags().clear();
        node.replies.send(done.connectionId, buffer, 0, reply.limit());
    }

    /** False if there is none of that number. */
    boolean cancel(long connectionId, long correlationId) {
        for (Asked each : asked) {
            if (each.connectionId == connectionId && each.correlationId == correlationId) {
                node.sendError(connectionId, correlationId, ApiError.CANCELLED);
                close(each);
                return true;
            }
        }
        return false;
    }

    void onDisconnected(long connectionId) {
        for (int i = asked.size() - 1; i >= 0; i--) {
            if (asked.get(i).connectionId == connectionId) {
                close(asked.get(i));
            }
        }
    }

    /** The state that they are of goes away. */
    void failAll() {
        while (!asked.isEmpty()) {
            Asked first = asked.get(0);
            node.sendError(first.connectionId, first.correlationId, ApiError.LEADER_CHANGED);
            close(first);
        }
    }

    private void close(Asked done) {
        asked.remove(done);
        done.hash.close();
    }
}
