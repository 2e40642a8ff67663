package io.stele.server.node;

import io.stele.server.config.Version;
import io.stele.server.machine.AlarmTable;
import io.stele.transport.ApiError;
import io.stele.transport.codec.DefragmentReplyEncoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.StatusReplyEncoder;
import java.util.StringJoiner;
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
                .dbQuota(node.quota.quotaBytes())
                .compactRevision(node.machine.compactRevision())
                .keyCount(node.machine.keyCount())
                .downgradeMajor((short) node.machine.downgrade().major())
                .downgradeMinor((short) node.machine.downgrade().minor());
        encoder.flags().clear().learner(node.raft.membership().isLearner(node.identity.memberId()));
        encoder.serverVersion(Version.NUMBER).storageVersion(Version.STORAGE).errors(errors());
        node.replies.send(connectionId, buffer, 0, encoder.limit());
    }

    /** Space is given back all the time: there is nothing to wait for. */
    void defragmented(long connectionId, long correlationId) {
        DefragmentReplyEncoder reply = new DefragmentReplyEncoder().wrapAndApplyHeader(buffer, 0, header);
        reply.correlationId(correlationId).revision(node.machine.revision()).raftTerm(node.raft.term());
        reply.flags().clear();
        node.replies.send(connectionId, buffer, 0, reply.limit());
    }

    /** Alarms in etcd's words, then what is no alarm, or not yet: one line each. */
    private String errors() {
        StringJoiner errors = new StringJoiner("\n");
        if (node.raft.leaderId() == 0) {
            errors.add(ApiError.NO_LEADER.text());
        }
        for (AlarmTable.Alarm alarm : node.machine.alarms().alarms()) {
            errors.add("memberID:" + Long.toUnsignedString(alarm.memberId()) + " alarm:"
                    + (alarm.alarm() == AlarmTable.NO_SPACE ? "NOSPACE " : "CORRUPT "));
        }
        if (node.soundness.isLost()) {
            errors.add("CORRUPT: the state of this member cannot be believed: it waits for another one");
        } else if (node.soundness.isClusterCorrupt()) {
            errors.add("CORRUPT: the members differ, and no majority agrees");
        }
        if (node.space.isExhausted()) {
            errors.add("NOSPACE: the disk of this member is nearly full: writes are refused until it has room");
        }
        return errors.toString();
    }
}
