package io.stele.server.node;

import io.stele.consensus.Role;
import io.stele.transport.MalformedMessageException;
import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.codec.MessageHeaderDecoder;
import io.stele.transport.peer.codec.MessageHeaderEncoder;
import io.stele.transport.peer.codec.StateRequestDecoder;
import io.stele.transport.peer.codec.StateRequestEncoder;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a member does whose state is lost: it lets go of everything that reads the state, and asks the leader for a
 * snapshot until one comes. Meanwhile it votes, and takes and acknowledges entries, for its log is as good as before;
 * it applies none.
 */
final class StateRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(StateRecovery.class);
    private static final long ASK_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final NodeState node;
    private final RangeScans scans;
    private final SnapshotSenders snapshots;
    private final LinearizableReads.Server reads;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final StateRequestDecoder request = new StateRequestDecoder();
    private final StateRequestEncoder requestEncoder = new StateRequestEncoder();
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(64);
    private long nextAskNs;
    private boolean hasLetGo;

    StateRecovery(NodeState node, RangeScans scans, SnapshotSenders snapshots, LinearizableReads.Server reads) {
        this.node = node;
        this.scans = scans;
        this.snapshots = snapshots;
        this.reads = reads;
    }

    int doWork() {
        if (node.superblock.pledgeTerm() != 0 && !node.raft.isPledged()) {
            LOG.warn("the log of this member is whole again, up to entry {}", node.raft.durableIndex());
            node.superblock.savePledge(0, 0);
        }
        if (!node.soundness.isLost()) {
            hasLetGo = false;
            return 0;
        }
        if (!hasLetGo) {
            hasLetGo = true;
            nextAskNs = node.nowNs;
            scans.failAll();
            snapshots.close();
            node.reads.dropAll(reads);
        }
        if (node.nowNs - nextAskNs < 0 || node.raft.role() == Role.LEADER || node.raft.leaderId() == 0) {
            return 0;
        }
        nextAskNs = node.nowNs + ASK_INTERVAL_NS;
        requestEncoder.wrapAndApplyHeader(buffer, 0, headerEncoder).logIndex(node.raft.appliedIndex());
        node.peers.send(
                node.raft.leaderId(),
                PeerLane.URGENT,
                buffer,
                0,
                MessageHeaderEncoder.ENCODED_LENGTH + StateRequestEncoder.BLOCK_LENGTH);
        return 1;
    }

    /** A chunk has come: there is no need to ask. */
    void onChunk() {
        nextAskNs = node.nowNs + ASK_INTERVAL_NS;
    }

    /** A member has lost its state. */
    void onRequest(long memberId, DirectBuffer source, int offset, int length) {
        header.wrap(source, offset);
        if (length < MessageHeaderDecoder.ENCODED_LENGTH + StateRequestDecoder.BLOCK_LENGTH
                || header.blockLength() < StateRequestDecoder.BLOCK_LENGTH) {
            throw new MalformedMessageException("a request for a state is cut off");
        }
        request.wrap(source, offset + MessageHeaderDecoder.ENCODED_LENGTH, header.blockLength(), header.version());
        boolean canServe = node.raft.role() == Role.LEADER && node.soundness.serves();
        if (canServe && node.machine.appliedIndex() >= request.logIndex() && !snapshots.isSendingTo(memberId)) {
            snapshots.start(memberId);
        }
    }
}
