package io.stele.server.node;

import io.stele.consensus.Role;
import io.stele.storage.page.Cursor;
import io.stele.storage.page.PageStoreContext;
import io.stele.storage.page.ReadView;
import io.stele.transport.SendResult;
import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.codec.MessageHeaderEncoder;
import io.stele.transport.peer.codec.SnapshotChunkEncoder;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.agrona.ExpandableArrayBuffer;

/**
 * Sends the state as of one log index to a member that needs it, while everything goes on: the state is pinned, and
 * read in slices between the node's other work.
 *
 * <p>The receiver sets the pace: only so many bytes are on the way unacknowledged; where proposals are under way,
 * {@link SnapshotPace} does, and a cycle sends one small chunk. Chunks are kept until they are acknowledged, so that a
 * transfer goes on where it was after frames were lost.
 */
final class SnapshotSender {
    /** Bytes of a chunk, roughly: it ends with the entry that reaches it. */
    private static final int CHUNK_BYTES = 16 * 1024;

    /** Entries of a chunk: small ones cost the receiver more than their bytes. */
    private static final int CHUNK_ENTRIES_MAX = 64;

    private static final int UNACKNOWLEDGED_MAX = 32;
    private static final int UNACKNOWLEDGED_BYTES_MAX = UNACKNOWLEDGED_MAX * CHUNK_BYTES;
    private static final int CHUNKS_PER_CYCLE = 8;
    private static final int DATA_OFFSET =
            MessageHeaderEncoder.ENCODED_LENGTH + SnapshotChunkEncoder.BLOCK_LENGTH + Integer.BYTES;
    private static final long REPEAT_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long GIVE_UP_NS = TimeUnit.SECONDS.toNanos(30);

    /** What has become of a transfer. */
    enum Outcome {
        UNDER_WAY,
        INSTALLED,
        /** The member has no room for it. */
        REFUSED,
        /** What the member got is not the state that the stamp tells of. */
        NOT_BELIEVED,
        FAILED
    }

    private static final class Chunk {
        private ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(2 * CHUNK_BYTES);
        private int length;
        private int entryCount;
        private long sentNs;

        /** A long entry leaves a long buffer, which is not kept. */
        void release() {
            if (buffer.capacity() > 4 * CHUNK_BYTES) {
                buffer = new ExpandableArrayBuffer(2 * CHUNK_BYTES);
            }
        }
    }

    private final NodeState node;
    private final long memberId;
    private final long transferId;
    private final long raftTerm;
    private final ReadView view;
    private final long logIndex;
    private final long logTerm;
    private final SnapshotPace pace;

    /** Chunks that were made and not acknowledged, by sequence modulo length; used again and again. */
    private final Chunk[] chunks = new Chunk[UNACKNOWLEDGED_MAX];

    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final SnapshotChunkEncoder encoder = new SnapshotChunkEncoder();
    private long unacknowledgedBytes;
    private Cursor cursor;
    private int treeId = -1;
    private boolean onEntry;
    private long firstUnacknowledged;
    private long nextSequence;
    private long nextToSend;
    private boolean madeLast;
    private long heardNs;
    private long sentNs;
    private long quickestNs = Long.MAX_VALUE;
    private Outcome outcome = Outcome.UNDER_WAY;

    SnapshotSender(NodeState node, SnapshotPace pace, long memberId, long transferId) {
        this.node = node;
        this.pace = pace;
        this.memberId = memberId;
        this.transferId = transferId;
        raftTerm = node.raft.term();
        logIndex = node.machine.appliedIndex();
        logTerm = node.machine.appliedTerm();
        view = node.store.pin();
        pace.onBegin(node.nowNs);
        heardNs = node.nowNs;
        sentNs = node.nowNs;
    }

    long memberId() {
        return memberId;
    }

    long logIndex() {
        return logIndex;
    }

    Outcome outcome() {
        return outcome;
    }

    int doWork() {
        if (node.raft.role() != Role.LEADER
                || node.raft.term() != raftTerm
                || node.nowNs - heardNs >= GIVE_UP_NS
                || node.machine.members().member(memberId) == null) {
            outcome = Outcome.FAILED;
            return 1;
        }
        if (nextToSend > firstUnacknowledged && node.nowNs - sentNs >= REPEAT_NS) {
            nextToSend = firstUnacknowledged;
        }
        int sentMax = pace.isBusy(node.nowNs) ? 1 : CHUNKS_PER_CYCLE;
        int sent = 0;
        while (sent < sentMax && pace.allows(node.nowNs) && hasChunk() && send()) {
            sent++;
        }
        return sent;
    }

    private boolean hasChunk() {
        if (nextToSend == nextSequence
                && !madeLast
                && nextSequence - firstUnacknowledged < UNACKNOWLEDGED_MAX
                && unacknowledgedBytes < UNACKNOWLEDGED_BYTES_MAX) {
            make();
        }
        return nextToSend < nextSequence;
    }

    private boolean send() {
        Chunk chunk = chunk(nextToSend);
        int result = node.peers.send(memberId, PeerLane.BULK, chunk.buffer, 0, chunk.length);
        if (result != SendResult.QUEUED) {
            return false;
        }
        pace.onSent(chunk.length, chunk.entryCount, node.nowNs);
        nextToSend++;
        sentNs = node.nowNs;
        chunk.sentNs = sentNs;
        return true;
    }

    private Chunk chunk(long sequence) {
        return chunks[(int) (sequence % UNACKNOWLEDGED_MAX)];
    }

    private void make() {
        int slot = (int) (nextSequence % UNACKNOWLEDGED_MAX);
        if (chunks[slot] == null) {
            chunks[slot] = new Chunk();
        }
        Chunk chunk = chunks[slot];
        int at = DATA_OFFSET;
        int count = 0;
        while (at - DATA_OFFSET < CHUNK_BYTES && count < CHUNK_ENTRIES_MAX && seekEntry()) {
            at += SnapshotEntries.put(chunk.buffer, at, treeId, cursor);
            onEntry = cursor.next();
            count++;
        }
        madeLast = count == 0;
        if (madeLast) {
            chunk.buffer.putBytes(at, view.stamp(), 0, PageStoreContext.STAMP_BYTES);
            at += PageStoreContext.STAMP_BYTES;
        }
        encoder.wrapAndApplyHeader(chunk.buffer, 0, header)
                .transferId(transferId)
                .sequence(nextSequence++)
                .logIndex(logIndex)
                .logTerm(logTerm)
                .last((byte) (madeLast ? 1 : 0));
        chunk.buffer.putInt(DATA_OFFSET - Integer.BYTES, at - DATA_OFFSET, ByteOrder.LITTLE_ENDIAN);
        chunk.length = at;
        chunk.entryCount = count;
        unacknowledgedBytes += at;
    }

    /** Moves on to the next tree as long as there is no entry; false when there are no more. */
    private boolean seekEntry() {
        while (!onEntry && treeId < PageStoreContext.TREE_COUNT - 1) {
            cursor = view.cursor(++treeId);
            onEntry = cursor.first();
        }
        return onEntry;
    }

    /** The receiver wants this chunk next. */
    void onAck(long acknowledgedTransfer, long sequence, int result) {
        if (acknowledgedTransfer != transferId || sequence < firstUnacknowledged || sequence > nextSequence) {
            return;
        }
        if (result != SnapshotReceiver.GO_ON) {
            outcome = switch (result) {
                case SnapshotReceiver.DONE -> Outcome.INSTALLED;
                case SnapshotReceiver.NOT_BELIEVED -> Outcome.NOT_BELIEVED;
                default -> Outcome.REFUSED;
            };
            return;
        }
        heardNs = node.nowNs;
        if (sequence == firstUnacknowledged && node.nowNs - sentNs > REPEAT_NS / 10) {
            nextToSend = sequence; // it has asked for a lost one
        }
        while (firstUnacknowledged < sequence) {
            Chunk chunk = chunk(firstUnacknowledged++);
            unacknowledgedBytes -= chunk.length;
            long afterNs = node.nowNs - chunk.sentNs;
            quickestNs = Math.min(quickestNs, afterNs);
            pace.onAcknowledged(afterNs - quickestNs, node.nowNs);
            chunk.release();
        }
        nextToSend = Math.max(nextToSend, firstUnacknowledged);
    }

    void close() {
        view.close();
    }
}
