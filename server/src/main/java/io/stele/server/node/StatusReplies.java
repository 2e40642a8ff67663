package io.stele.server.node;

import io.stele.server.Version;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.StatusReplyEncoder;
import org.agrona.ExpandableDirectByteBuffer;

/** Answers how a member is, from what it knows by itself: without a quorum, and without waiting. */
final class StatusReplies {
    private final NodeState node;
    private final ExpandableDirectByteBuffer buffer = new ExpandableDirectByteBuffer(512);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final StatusReplyEncoder encoder = new StatusReplyEncoder();

    StatusReplies(NodeState node) {
        this.node = node;
    }

    void send(long connectionId, long correlationId) {
        encoder.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(correlationId)
                .revision(node.machine.revision())
                .raftTerm(node.raft.term())
                .leaderId(node.raft.leaderId())
                .raftIndex(node.raft.commitIndex())
                .raftAppliedIndex(node.machine.appliedIndex())
                .dbLength(node.store.fileLength())
                .dbLengthInUse(node.store.spaceUsed())
                .dbQuota(0)
                .compactRevision(node.machine.compactRevision())
                .keyCount(node.machine.keyCount());
        encoder.flags().clear();
        encoder.serverVersion(Version.NUMBER).storageVersion(Version.STORAGE).errors(errors());
        node.replies.send(connectionId, buffer, 0, encoder.limit());
    }

    private String errors() {
        if (node.soundness.isLost()) {
            return "the state of this member cannot be believed: it waits for another one";
        }
        if (node.soundness.isClusterCorrupt()) {
            return "CORRUPT: the members differ, and no majority agrees";
        }
        if (node.raft.leaderId() == 0) {
            return "etcdserver: no leader";
        }
        return node.space.isExhausted() ? "disk nearly full: writes are refused" : "";
    }
}
