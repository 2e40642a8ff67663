package io.stele.server.node;

import io.stele.consensus.Message;
import io.stele.consensus.MessageType;
import io.stele.server.peer.MessageReader;
import io.stele.server.peer.MessageWriter;
import io.stele.server.peer.PendingAppend;
import io.stele.transport.MalformedMessageException;
import io.stele.transport.SendResult;
import io.stele.transport.peer.PeerHandler;
import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.PeerLink;
import io.stele.transport.peer.codec.DigestProbeDecoder;
import io.stele.transport.peer.codec.DigestReplyDecoder;
import io.stele.transport.peer.codec.DigestVerdictDecoder;
import io.stele.transport.peer.codec.ForwardedReplyDecoder;
import io.stele.transport.peer.codec.ForwardedRequestDecoder;
import io.stele.transport.peer.codec.IntroductionDecoder;
import io.stele.transport.peer.codec.NewcomerDecoder;
import io.stele.transport.peer.codec.RaftMessageDecoder;
import io.stele.transport.peer.codec.SnapshotAckDecoder;
import io.stele.transport.peer.codec.SnapshotChunkDecoder;
import io.stele.transport.peer.codec.StateRequestDecoder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes to and comes from peers.
 *
 * <p>Messages of the core may be lost, so what the link does not take is dropped; but appends wait for their turn: a
 * lost one costs a round trip to find out, and waiting costs nothing, for their entries are in the log.
 */
final class PeerTraffic implements PeerHandler {
    private static final Logger LOG = LoggerFactory.getLogger(PeerTraffic.class);

    /** Frames taken up in one cycle; bounds how long the other steps wait. */
    private static final int FRAMES_PER_CYCLE = 64;

    /** Appends waiting for one peer; the core has fewer in flight. */
    private static final int APPENDS_WAITING_MAX = 1024;

    private static final long STRANGER_INTERVAL_NS = TimeUnit.SECONDS.toNanos(30);

    private static final class Outbox {
        private final long memberId;
        private final ArrayDeque<PendingAppend> appends = new ArrayDeque<>();

        Outbox(long memberId) {
            this.memberId = memberId;
        }
    }

    private final NodeState node;
    private final PeerLink link;
    private final ForwardedRequests forwarded;
    private final SnapshotSenders snapshots;
    private final SnapshotReceiver receiver;
    private final StateAudit audit;
    private final StateRecovery recovery;
    private final Introductions introductions;
    private final Newcomers newcomers;
    private final MessageWriter writer = new MessageWriter();
    private final MessageReader reader = new MessageReader();
    private final WalLogReader log;
    private final List<Outbox> outboxes = new ArrayList<>();
    private final ArrayDeque<PendingAppend> spare = new ArrayDeque<>();

    /** To be told to the core, which does not listen while its batch is being done. */
    private final LongArrayList unreachable = new LongArrayList();

    private final Message refusal = new Message();
    private final PeerHandler inHaste = new RaftFrames(this);
    private long nextStrangerNs;
    private long malformedCount;
    private boolean isTakenForClone;

    PeerTraffic(
            NodeState node,
            ForwardedRequests forwarded,
            SnapshotSenders snapshots,
            StateAudit audit,
            StateRecovery recovery,
            Introductions introductions,
            Newcomers newcomers) {
        this.node = node;
        this.audit = audit;
        this.recovery = recovery;
        this.introductions = introductions;
        this.newcomers = newcomers;
        this.link = node.peers;
        this.forwarded = forwarded;
        this.snapshots = snapshots;
        this.receiver = new SnapshotReceiver(node, node.exchange);
        this.log = new WalLogReader(node.wal);
        this.nextStrangerNs = node.nowNs;
    }

    /** Takes what has come, and sends the appends that had to wait. */
    int doWork() {
        int workCount = link.poll(this, FRAMES_PER_CYCLE);
        for (int i = 0; i < outboxes.size(); i++) {
            workCount += drain(outboxes.get(i)); // no iterator: this is done in every cycle
        }
        for (int i = 0; i < unreachable.size(); i++) {
            node.raft.onUnreachable(unreachable.getLong(i));
        }
        unreachable.clear();
        return workCount + snapshots.doWork() + receiver.doWork();
    }

    /**
     * Takes what elections and heartbeats say and nothing else: of the rest, what is urgent is lost, as in a network
     * that loses it, and what is not stays where it is.
     */
    void listenInHaste() {
        link.pollUrgent(inHaste, FRAMES_PER_CYCLE);
    }

    void send(Message message) {
        if (message.type() == MessageType.APPEND) {
            append(message);
            return;
        }
        if (message.type() == MessageType.SNAPSHOT) {
            snapshots.start(message.to());
            return;
        }
        writer.write(message);
        link.send(message.to(), lane(message.type()), writer.buffer(), 0, writer.length());
    }

    private static PeerLane lane(MessageType type) {
        return type == MessageType.PROPOSE ? PeerLane.BULK : PeerLane.URGENT;
    }

    private void append(Message message) {
        Outbox outbox = outbox(message.to());
        if (outbox.appends.size() >= APPENDS_WAITING_MAX) {
            return;
        }
        PendingAppend append = spare.isEmpty() ? new PendingAppend() : spare.poll();
        outbox.appends.add(append.set(message));
        drain(outbox);
    }

    private Outbox outbox(long memberId) {
        for (Outbox outbox : outboxes) {
            if (outbox.memberId == memberId) {
                return outbox;
            }
        }
        Outbox made = new Outbox(memberId);
        outboxes.add(made);
        return made;
    }

    private int drain(Outbox outbox) {
        int workCount = 0;
        while (!outbox.appends.isEmpty()) {
            PendingAppend append = outbox.appends.peek();
            boolean wanted = append.term() == node.raft.term() && writer.writeAppend(append, log);
            if (wanted) {
                int result = link.send(outbox.memberId, PeerLane.BULK, writer.buffer(), 0, writer.length());
                if (result == SendResult.BACK_PRESSURED) {
                    return workCount;
                }
                if (result != SendResult.QUEUED) {
                    forget(outbox);
                    unreachable.addLong(outbox.memberId);
                    return workCount;
                }
            }
            spare.add(outbox.appends.poll());
            workCount++;
        }
        return workCount;
    }

    private void forget(Outbox outbox) {
        spare.addAll(outbox.appends);
        outbox.appends.clear();
    }

    @Override
    public void onNewLife(long memberId) {
        LOG.info("member {} speaks for the first time in its life", Long.toHexString(memberId));
        snapshots.onNewLife(memberId);
        audit.onNewLife();
        node.raft.onUnreachable(memberId); // what was on its way to the life before is lost
    }

    @Override
    public void onFrame(long memberId, DirectBuffer buffer, int offset, int length) {
        try {
            switch (reader.templateId(buffer, offset, length)) {
                case RaftMessageDecoder.TEMPLATE_ID -> step(memberId, buffer, offset, length);
                case ForwardedRequestDecoder.TEMPLATE_ID -> forwarded.onRequest(memberId, buffer, offset, length);
                case ForwardedReplyDecoder.TEMPLATE_ID -> forwarded.onReply(memberId, buffer, offset, length);
                case SnapshotChunkDecoder.TEMPLATE_ID -> {
                    recovery.onChunk();
                    receiver.onChunk(memberId, buffer, offset, length);
                }
                case SnapshotAckDecoder.TEMPLATE_ID -> snapshots.onAck(memberId, buffer, offset, length);
                case DigestProbeDecoder.TEMPLATE_ID -> audit.onProbe(memberId, buffer, offset, length);
                case DigestReplyDecoder.TEMPLATE_ID -> audit.onReply(memberId, buffer, offset, length);
                case DigestVerdictDecoder.TEMPLATE_ID -> audit.onVerdict(memberId, buffer, offset, length);
                case IntroductionDecoder.TEMPLATE_ID -> introductions.onIntroduction(memberId, buffer, offset, length);
                case NewcomerDecoder.TEMPLATE_ID -> newcomers.onNewcomer(memberId, buffer, offset, length);
                case StateRequestDecoder.TEMPLATE_ID -> recovery.onRequest(memberId, buffer, offset, length);
                default -> throw new MalformedMessageException("unknown message");
            }
        } catch (MalformedMessageException | IllegalArgumentException e) {
            if (malformedCount++ % 1000 == 0) {
                LOG.warn("member {} has sent nonsense: {}", Long.toHexString(memberId), e.getMessage());
            }
        }
    }

    private void step(long memberId, DirectBuffer buffer, int offset, int length) {
        Message message = reader.read(memberId, node.identity.memberId(), buffer, offset, length);
        if (!introductions.mayStep(message.type())) {
            return;
        }
        if (node.parting.isEmpty() || !node.parting.containsLong(memberId)) {
            node.raft.step(message);
        } else if (message.type() == MessageType.PRE_VOTE || message.type() == MessageType.VOTE) {
            tellRemoved(message);
        }
    }

    /**
     * A removed member campaigns, for nobody has told it that its removal is committed, and nobody who hears a leader
     * answers it. A refusal that says what is committed of its own log tells it.
     */
    private void tellRemoved(Message campaign) {
        long commit = Math.min(node.raft.commitIndex(), campaign.logIndex());
        long commitTerm = node.wal.term(commit);
        if (commitTerm >= 0) {
            send(refusal.reset(MessageType.PRE_VOTE_REPLY, node.identity.memberId(), campaign.from(), node.raft.term())
                    .commit(commit)
                    .hint(commitTerm)
                    .flag(true));
        }
    }

    @Override
    public void onGone(long memberId) {
        node.raft.onGone(memberId);
    }

    @Override
    public void onDoubted(long memberId) {
        introductions.introduceAgain(memberId);
    }

    @Override
    public void onTakenForClone(long memberId) {
        if (!isTakenForClone) {
            isTakenForClone = true;
            LOG.error(
                    "another process is this member ({}): member {} has had its answer from this member's own address",
                    Long.toHexString(node.identity.memberId()),
                    Long.toHexString(memberId));
        }
    }

    /** Whether a peer has said that another process is this member. */
    boolean isTakenForClone() {
        return isTakenForClone;
    }

    @Override
    public void onStranger(long memberId) {
        if (node.nowNs - nextStrangerNs < 0) {
            return;
        }
        nextStrangerNs = node.nowNs + STRANGER_INTERVAL_NS;
        LOG.warn("member {} speaks, which is not (or no longer) a member of this cluster", Long.toHexString(memberId));
    }

    void close() {
        snapshots.close();
        receiver.close();
    }

    void flush() {
        link.flush();
    }

    long malformedCount() {
        return malformedCount;
    }
}
