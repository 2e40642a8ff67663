package io.stele.server.node;

import io.stele.server.machine.ReceivedState;
import io.stele.server.machine.StateMachine;
import io.stele.storage.file.StorageException;
import io.stele.storage.page.Checkpoint;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.PageStoreContext;
import io.stele.transport.MalformedMessageException;
import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.codec.MessageHeaderDecoder;
import io.stele.transport.peer.codec.MessageHeaderEncoder;
import io.stele.transport.peer.codec.SnapshotAckEncoder;
import io.stele.transport.peer.codec.SnapshotChunkDecoder;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a snapshot while the node goes on with what it has: chunks fill a page store of their own, beside the node's.
 *
 * <ol>
 *   <li>RECEIVING: chunks are put into a file of their own, which the checkpoint agent makes durable part by part.
 *   <li>FORCING: all are there, and are what the stamp says ({@link ReceivedState}); it makes the rest durable.
 *   <li>EXCHANGING: the space agent lets go of the node's store, no checkpoint is under way; then the core is told, and
 *       {@link StateExchange} puts the new file in the place of the old one when the core says so.
 * </ol>
 *
 * A crash before the file is renamed leaves the old state; what was received is thrown away at the next start.
 *
 * <p>A disk without room for both states costs this member nothing but the new one: what has come is thrown away, the
 * leader is told, and {@link SnapshotRoom} says when it is worth another try. The new file never takes the ballast, and
 * what is left below the reserve belongs to the log.
 *
 * <p>What is not the state that its stamp tells of is never installed: it is thrown away, and the leader is told.
 */
final class SnapshotReceiver {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotReceiver.class);
    private static final long GIVE_UP_NS = TimeUnit.SECONDS.toNanos(30);
    /** So much is made durable at a time: a file written as a whole in the end would keep the disk from others. */
    private static final long SAVED_AT_ONCE_BYTES = 16L * 1024 * 1024;

    private static final long BYTES_PER_MB = 1_000_000;
    private static final int LENGTH_LENGTH = Integer.BYTES;
    // What it answers, as on the wire.
    static final int GO_ON = 0;
    static final int DONE = 1;
    static final int NO_ROOM = 2;
    /** A leader of before takes it for the one above, and offers it again from time to time too. */
    static final int NOT_BELIEVED = 3;

    private enum State {
        IDLE,
        RECEIVING,
        FORCING,
        EXCHANGING
    }

    private final NodeState node;
    private final StateExchange exchange;
    private final SnapshotRoom room = new SnapshotRoom();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final SnapshotChunkDecoder chunk = new SnapshotChunkDecoder();
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(128);
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final SnapshotAckEncoder ack = new SnapshotAckEncoder();
    private State state = State.IDLE;
    private PageStore incoming;
    private ReceivedState received;
    private Checkpoint saving;
    private boolean savesLast;
    private long unsavedBytes;
    private boolean ackWanted;
    private long sender;
    private long transferId;
    private long refusedId;
    private int refusal;
    private long wanted;
    private long logIndex;
    private long logTerm;
    private long heardNs;
    private long beganNs;

    SnapshotReceiver(NodeState node, StateExchange exchange) {
        this.node = node;
        this.exchange = exchange;
    }

    void onChunk(long from, DirectBuffer source, int offset, int length) {
        header.wrap(source, offset);
        int blockAt = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        int dataAt = blockAt + header.blockLength() + LENGTH_LENGTH;
        int limit = offset + length;
        if (header.blockLength() < SnapshotChunkDecoder.BLOCK_LENGTH
                || dataAt > limit
                || source.getInt(dataAt - LENGTH_LENGTH, ByteOrder.LITTLE_ENDIAN) != limit - dataAt) {
            throw new MalformedMessageException("a snapshot's chunk is cut off");
        }
        chunk.wrap(source, blockAt, header.blockLength(), header.version());
        boolean isLost = node.soundness.isLost();
        if (chunk.logIndex() < node.raft.appliedIndex() || (chunk.logIndex() <= node.raft.commitIndex() && !isLost)) {
            acknowledge(from, chunk.transferId(), chunk.sequence(), DONE); // it has got as far by itself
            return;
        }
        if (chunk.transferId() != transferId || state == State.IDLE) {
            if (chunk.sequence() != 0 || state == State.FORCING || state == State.EXCHANGING) {
                if (chunk.transferId() == refusedId) {
                    acknowledge(from, refusedId, chunk.sequence(), refusal); // it has not heard of it
                }
                return;
            }
            discard();
            if (node.space.isExhausted() || !room.mayBegin(exchange.freeBytes(), node.nowNs)) {
                acknowledge(from, chunk.transferId(), 0, NO_ROOM);
                return;
            }
            begin(from);
        }
        heardNs = node.nowNs;
        if (state == State.RECEIVING && chunk.sequence() == wanted) {
            wanted += 1 - chunk.last(); // the last one is acknowledged when it is done
            take(source, dataAt, limit - dataAt);
        }
        ackWanted = state != State.IDLE;
    }

    private void begin(long from) {
        sender = from;
        transferId = chunk.transferId();
        logIndex = chunk.logIndex();
        logTerm = chunk.logTerm();
        wanted = 0;
        unsavedBytes = 0;
        savesLast = false;
        beganNs = node.nowNs;
        state = State.RECEIVING;
        try {
            incoming = exchange.openIncoming();
            received = new ReceivedState(incoming);
        } catch (StorageException e) {
            refuse(e);
            return;
        }
        node.checkpointAgent.incoming(incoming);
        if (!room.isShort()) {
            LOG.info("a snapshot as of entry {} begins to come from member {}", logIndex, Long.toHexString(from));
        }
    }

    private void take(DirectBuffer source, int offset, int length) {
        try {
            put(source, offset, length);
        } catch (StorageException e) {
            refuse(e);
        }
    }

    private void put(DirectBuffer source, int offset, int length) {
        if (chunk.last() == 0) {
            SnapshotEntries.load(source, offset, length, incoming, received);
            unsavedBytes += length;
            if (unsavedBytes >= SAVED_AT_ONCE_BYTES && saving == null) {
                save();
            }
            if (incoming.wantsBackgroundWork()) {
                node.checkpointWaker.wake();
            }
            return;
        }
        if (length != PageStoreContext.STAMP_BYTES) {
            throw new MalformedMessageException("a stamp of " + length + " bytes");
        }
        incoming.stamp().putBytes(0, source, offset, length);
        String problem = received.problem(logIndex, logTerm);
        if (problem != null) {
            LOG.error(
                    "the snapshot as of entry {} from member {} is not what it says it is, and is not installed: {}",
                    logIndex,
                    Long.toHexString(sender),
                    problem);
            giveUp(NOT_BELIEVED);
            return;
        }
        StateMachine.markInstalled(incoming);
        state = State.FORCING;
    }

    /** Makes durable what has come, beside the node's thread. */
    private void save() {
        saving = incoming.begin();
        unsavedBytes = 0;
        node.checkpointAgent.submitIncoming(saving);
        node.checkpointWaker.wake();
    }

    int doWork() {
        if (ackWanted) {
            ackWanted = false; // once a cycle, for all that has come in it
            acknowledge(sender, transferId, wanted, GO_ON);
        }
        switch (state) {
            case IDLE -> {
                return 0;
            }
            case RECEIVING -> {
                if (node.nowNs - heardNs >= GIVE_UP_NS) {
                    LOG.info("the snapshot as of entry {} does not go on; what came of it is thrown away", logIndex);
                    discard();
                } else if (node.space.isExhausted()) {
                    refuse("it would take what is kept for the log");
                }
                return state == State.RECEIVING && hasSaved() ? 1 : 0;
            }
            case FORCING -> {
                return onAllReceived();
            }
            case EXCHANGING -> {
                return onLetGo();
            }
        }
        return 0;
    }

    /** Whether a part has become durable now; or there was no space for it, and the whole is given up. */
    private boolean hasSaved() {
        if (saving == null || !node.checkpointAgent.hasEnded(saving)) {
            return false;
        }
        StorageException failure = node.checkpointAgent.incomingFailure();
        if (failure != null) {
            refuse(failure);
        } else {
            incoming.complete(saving);
            saving = null;
        }
        return true;
    }

    private int onAllReceived() {
        if (saving != null && !hasSaved()) {
            return 0;
        }
        if (state == State.IDLE) {
            return 1;
        }
        if (!savesLast) {
            saveLast();
            return 1;
        }
        node.spaceAgent.hold(true);
        node.spaceWaker.wake();
        state = State.EXCHANGING;
        return 1;
    }

    private void saveLast() {
        savesLast = true;
        node.checkpointAgent.incoming(null);
        try {
            save();
        } catch (StorageException e) {
            refuse(e);
        }
    }

    private int onLetGo() {
        if (!node.spaceAgent.isHeld() || node.checkpointAgent.isBusy() || isAheadOfLog()) {
            return 0;
        }
        boolean installs = exchange.offer(node, incoming, logIndex, logTerm);
        incoming = null;
        received = null;
        room.onComplete();
        if (installs) {
            LOG.info(
                    "the snapshot as of entry {} is complete after {} ms",
                    logIndex,
                    TimeUnit.NANOSECONDS.toMillis(node.nowNs - beganNs));
        } else {
            node.spaceAgent.hold(false);
        }
        state = State.IDLE;
        acknowledge(sender, transferId, wanted, DONE);
        return 1;
    }

    /** Whether the log has, or will have, the entry that the snapshot ends with, but not durably yet. */
    private boolean isAheadOfLog() {
        return node.soundness.isLost()
                && logIndex <= node.raft.lastIndex()
                && logIndex > node.raft.durableIndex()
                && (logIndex > node.wal.lastIndex() || node.wal.term(logIndex) == logTerm);
    }

    private void acknowledge(long to, long ofTransfer, long sequence, int outcome) {
        ack.wrapAndApplyHeader(buffer, 0, headerEncoder)
                .transferId(ofTransfer)
                .sequence(sequence)
                .outcome((byte) outcome);
        int length = MessageHeaderEncoder.ENCODED_LENGTH + SnapshotAckEncoder.BLOCK_LENGTH;
        node.peers.send(to, PeerLane.URGENT, buffer, 0, length);
    }

    /** Goes on without the snapshot if all that is wrong is that it does not fit. */
    private void refuse(StorageException e) {
        if (e.kind() != StorageException.Kind.NO_SPACE) {
            throw e;
        }
        refuse(e.getMessage());
    }

    private void refuse(String why) {
        if (!room.isShort()) {
            LOG.warn(
                    "the snapshot as of entry {} does not fit on the disk, {} MB of it had come: {}. This member keeps"
                            + " what it has, and stays behind until there is more space",
                    logIndex,
                    incoming == null ? 0 : incoming.spaceUsed() / BYTES_PER_MB,
                    why);
        }
        long givenBack = incoming == null ? 0 : incoming.spaceUsed() + incoming.spaceFree();
        room.onRefused(exchange.freeBytes() + givenBack, node.nowNs);
        giveUp(NO_ROOM);
    }

    private void giveUp(int why) {
        refusedId = transferId;
        refusal = why;
        discard();
        acknowledge(sender, transferId, wanted, why);
    }

    private void discard() {
        if (incoming != null) {
            node.checkpointAgent.forgetIncoming();
            node.checkpointAgent.retire(exchange.discarding(incoming));
            node.checkpointWaker.wake();
            incoming = null;
            received = null;
            saving = null;
        }
        ackWanted = false;
        state = State.IDLE;
    }

    /** The checkpoint agent may be at work on what has come: it gives that back, or the node does when it is closed. */
    void close() {
        discard();
    }
}
