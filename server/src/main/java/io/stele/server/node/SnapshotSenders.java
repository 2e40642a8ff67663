package io.stele.server.node;

import io.stele.transport.MalformedMessageException;
import io.stele.transport.peer.codec.MessageHeaderDecoder;
import io.stele.transport.peer.codec.SnapshotAckDecoder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The snapshots under way to other members, at most one to each. */
final class SnapshotSenders {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotSenders.class);

    private final NodeState node;
    private final List<SnapshotSender> senders = new ArrayList<>();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final SnapshotAckDecoder ack = new SnapshotAckDecoder();
    private long startedCount;

    SnapshotSenders(NodeState node) {
        this.node = node;
    }

    /** The core says that a member needs one. */
    void start(long memberId) {
        SnapshotSender earlier = sender(memberId);
        if (earlier != null) {
            remove(earlier);
        }
        SnapshotSender sender = new SnapshotSender(node, memberId, node.bootId + ++startedCount);
        senders.add(sender);
        LOG.info(
                "member {} needs a snapshot: sending the state as of entry {}",
                Long.toHexString(memberId),
                sender.logIndex());
    }

    boolean isSendingTo(long memberId) {
        return sender(memberId) != null;
    }

    int doWork() {
        if (node.soundness.isLost()) {
            return giveUpAll();
        }
        int workCount = 0;
        for (int i = senders.size() - 1; i >= 0; i--) {
            SnapshotSender sender = senders.get(i);
            workCount += sender.doWork();
            if (sender.outcome() != SnapshotSender.Outcome.UNDER_WAY) {
                boolean installed = sender.outcome() == SnapshotSender.Outcome.INSTALLED;
                LOG.info(
                        "the snapshot for member {} {}",
                        Long.toHexString(sender.memberId()),
                        installed ? "is installed" : "was given up");
                remove(sender);
                node.raft.onSnapshotDone(sender.memberId(), installed);
            }
        }
        return workCount;
    }

    /** A damaged page has left a cursor anywhere: what went on from there would lack entries, or have wrong ones. */
    private int giveUpAll() {
        int workCount = senders.size();
        while (!senders.isEmpty()) {
            SnapshotSender sender = senders.get(senders.size() - 1);
            remove(sender);
            node.raft.onSnapshotDone(sender.memberId(), false);
        }
        return workCount;
    }

    void onAck(long memberId, DirectBuffer source, int offset, int length) {
        header.wrap(source, offset);
        if (length < MessageHeaderDecoder.ENCODED_LENGTH + SnapshotAckDecoder.BLOCK_LENGTH) {
            throw new MalformedMessageException("a snapshot's acknowledgement is cut off");
        }
        ack.wrap(source, offset + MessageHeaderDecoder.ENCODED_LENGTH, header.blockLength(), header.version());
        SnapshotSender sender = sender(memberId);
        if (sender != null) {
            sender.onAck(ack.transferId(), ack.sequence(), ack.outcome());
        }
    }

    /** What the member had received of a snapshot is gone. */
    void onNewLife(long memberId) {
        SnapshotSender sender = sender(memberId);
        if (sender != null) {
            remove(sender);
            node.raft.onSnapshotDone(memberId, false);
        }
    }

    /** The log behind this entry will be wanted by those that are receiving a snapshot. */
    long oldestIndex() {
        long oldest = Long.MAX_VALUE;
        for (SnapshotSender sender : senders) {
            oldest = Math.min(oldest, sender.logIndex());
        }
        return oldest;
    }

    private SnapshotSender sender(long memberId) {
        for (SnapshotSender sender : senders) {
            if (sender.memberId() == memberId) {
                return sender;
            }
        }
        return null;
    }

    private void remove(SnapshotSender sender) {
        senders.remove(sender);
        sender.close();
    }

    void close() {
        senders.forEach(SnapshotSender::close);
        senders.clear();
    }
}
