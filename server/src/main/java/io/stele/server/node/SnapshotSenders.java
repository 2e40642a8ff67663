package io.stele.server.node;

import io.stele.consensus.Role;
import io.stele.transport.MalformedMessageException;
import io.stele.transport.peer.codec.MessageHeaderDecoder;
import io.stele.transport.peer.codec.SnapshotAckDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The snapshots under way to other members, at most one to each. */
final class SnapshotSenders {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotSenders.class);

    private static final long REST_NS_MIN = TimeUnit.SECONDS.toNanos(1);
    private static final long REST_NS_MAX = TimeUnit.SECONDS.toNanos(30);

    /** A member that has refused: it is left alone for a while, for twice as long each time. */
    private static final class Refusal {
        private final long memberId;
        private long restNs;
        private long untilNs;
        private boolean rests;

        Refusal(long memberId) {
            this.memberId = memberId;
        }
    }

    private final NodeState node;
    private final SnapshotPace pace;
    private final List<Refusal> refusals = new ArrayList<>();
    private final List<SnapshotSender> senders = new ArrayList<>();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final SnapshotAckDecoder ack = new SnapshotAckDecoder();
    private long startedCount;

    SnapshotSenders(NodeState node) {
        this.node = node;
        pace = new SnapshotPace(node.nowNs);
    }

    /** The core says that a member needs one. */
    void start(long memberId) {
        SnapshotSender earlier = sender(memberId);
        if (earlier != null) {
            remove(earlier);
        }
        SnapshotSender sender = new SnapshotSender(node, pace, memberId, node.bootId + ++startedCount);
        senders.add(sender);
        Refusal refusal = refusal(memberId);
        if (refusal != null) {
            refusal.rests = false;
            return;
        }
        LOG.info(
                "member {} needs a snapshot: sending the state as of entry {}",
                Long.toHexString(memberId),
                sender.logIndex());
    }

    /** Likewise while it is left alone after it has refused one. */
    boolean isSendingTo(long memberId) {
        Refusal refusal = refusal(memberId);
        return sender(memberId) != null || (refusal != null && refusal.rests);
    }

    int doWork() {
        if (node.soundness.isLost()) {
            return giveUpAll();
        }
        int workCount = offerAgain();
        if (!senders.isEmpty()) {
            pace.onCycle(node.raft.lastIndex(), node.raft.uncommittedBytes() > 0, node.nowNs);
        }
        for (int i = senders.size() - 1; i >= 0; i--) {
            SnapshotSender sender = senders.get(i);
            workCount += sender.doWork();
            if (sender.outcome() != SnapshotSender.Outcome.UNDER_WAY) {
                remove(sender);
                onEnd(sender);
            }
        }
        return workCount;
    }

    private void onEnd(SnapshotSender sender) {
        long memberId = sender.memberId();
        switch (sender.outcome()) {
            case UNDER_WAY -> throw new IllegalStateException("it goes on");
            case INSTALLED -> {
                LOG.info("the snapshot for member {} is installed", Long.toHexString(memberId));
                refusals.remove(refusal(memberId));
                node.raft.onSnapshotDone(memberId, true);
            }
            case REFUSED -> {
                if (refusal(memberId) == null) {
                    LOG.warn(
                            "member {} has no room for a snapshot: it is offered one again from time to time",
                            Long.toHexString(memberId));
                }
                rest(memberId);
            }
            case NOT_BELIEVED -> {
                LOG.error(
                        "what member {} got as of entry {} is not the state that its digest is of: it is sent again",
                        Long.toHexString(memberId),
                        sender.logIndex());
                rest(memberId);
            }
            case FAILED -> {
                LOG.info("the snapshot for member {} was given up", Long.toHexString(memberId));
                node.raft.onSnapshotDone(memberId, false);
            }
        }
    }

    private void rest(long memberId) {
        Refusal refusal = refusal(memberId);
        if (refusal == null) {
            refusal = new Refusal(memberId);
            refusals.add(refusal);
        }
        refusal.restNs = Math.min(REST_NS_MAX, Math.max(REST_NS_MIN, 2 * refusal.restNs));
        refusal.untilNs = node.nowNs + refusal.restNs;
        refusal.rests = true;
    }

    private int offerAgain() {
        int workCount = 0;
        for (int i = refusals.size() - 1; i >= 0; i--) {
            Refusal refusal = refusals.get(i);
            if (node.raft.role() != Role.LEADER || node.machine.members().member(refusal.memberId) == null) {
                refusals.remove(i);
            } else if (refusal.rests && node.nowNs - refusal.untilNs >= 0) {
                refusal.rests = false;
                node.raft.onSnapshotDone(refusal.memberId, false); // the core asks for another one
                workCount++;
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
        }
        if (refusals.remove(refusal(memberId)) || sender != null) {
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

    private Refusal refusal(long memberId) {
        for (Refusal refusal : refusals) {
            if (refusal.memberId == memberId) {
                return refusal;
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
        refusals.clear();
    }
}
