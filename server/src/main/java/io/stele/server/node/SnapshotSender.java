package io.stele.server.node;

import io.stele.consensus.Role;
import io.stele.storage.page.Cursor;
import io.stele.storage.page.PageStoreContext;
import io.stele.storage.page.ReadView;
import io.stele.transport.SendResult;
import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.codec.MessageHeaderEncoder;
import io.stele.transport.peer.codec.SnapshotChunkEncoder;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sends the state as of one log index to a member that needs it, while everything goes on: the state is pinned, and
 * read in slices between the node's other work.
 *
 * <p>The receiver sets the pace: only so many chunks are on the way unacknowledged, and a cycle sends no more than a
 * few. Chunks are kept until they are acknowledged, so that a transfer goes on where it was after frames were lost.
 */
final class SnapshotSender {
    /** Bytes of a chunk, roughly: it ends with the entry that reaches it. */
    private static final int CHUNK_BYTES = 64 * 1024;

    private static final int CHUNKS_UNACKNOWLEDGED_MAX = 8;
    private static final int CHUNKS_PER_CYCLE = 2;
    private static final int ACK_GO_ON = 0;
    private static final int ACK_INSTALLED = 1;
    private static final long REPEAT_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long GIVE_UP_NS = TimeUnit.SECONDS.toNanos(30);

    /** What has become of a transfer. */
    enum Outcome {
        UNDER_WAY,
        INSTALLED,
        /** The member has no room for it. */
        REFUSED,
        FAILED
    }

    private final NodeState node;
    private final long memberId;
    private final long transferId;
    private final long raftTerm;
    private final ReadView view;
    private final long logIndex;
    private final long logTerm;
    private final ArrayDeque<UnsafeBuffer> unacknowledged = new ArrayDeque<>();
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(2 * CHUNK_BYTES);
    private final ExpandableArrayBuffer data = new ExpandableArrayBuffer(2 * CHUNK_BYTES);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final SnapshotChunkEncoder encoder = new SnapshotChunkEncoder();
    private Cursor cursor;
    private int treeId = -1;
    private boolean onEntry;
    private long firstUnacknowledged;
    private long nextSequence;
    private long nextToSend;
    private boolean madeLast;
    private long heardNs;
    private long sentNs;
    private Outcome outcome = Outcome.UNDER_WAY;

    SnapshotSender(NodeState node, long memberId, long transferId) {
        this.node = node;
        this.memberId = memberId;
        this.transferId = transferId;
        raftTerm = node.raft.term();
        logIndex = node.machine.appliedIndex();
        logTerm = node.machine.appliedTerm();
        view = node.store.pin();
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
        int sent = 0;
        while (sent < CHUNKS_PER_CYCLE && hasChunk() && send()) {
            sent++;
        }
        return sent;
    }

    private boolean hasChunk() {
        if (nextToSend == nextSequence && !madeLast && unacknowledged.size() < CHUNKS_UNACKNOWLEDGED_MAX) {
            make();
        }
        return nextToSend < nextSequence;
    }

    private boolean send() {
        int place = (int) (nextToSend - firstUnacknowledged);
        UnsafeBuffer chunk = null;
        for (UnsafeBuffer each : unacknowledged) {
            if (place-- == 0) {
                chunk = each;
            }
        }
        int result = node.peers.send(memberId, PeerLane.BULK, chunk, 0, chunk.capacity());
        if (result != SendResult.QUEUED) {
            return false;
        }
        nextToSend++;
        sentNs = node.nowNs;
        return true;
    }

    private void make() {
        int length = 0;
        while (length < CHUNK_BYTES && seekEntry()) {
            length += SnapshotEntries.put(data, length, treeId, cursor);
            onEntry = cursor.next();
        }
        madeLast = length == 0;
        encoder.wrapAndApplyHeader(buffer, 0, header)
                .transferId(transferId)
                .sequence(nextSequence++)
                .logIndex(logIndex)
                .logTerm(logTerm)
                .last((byte) (madeLast ? 1 : 0));
        if (madeLast) {
            encoder.putData(view.stamp(), 0, PageStoreContext.STAMP_BYTES);
        } else {
            encoder.putData(data, 0, length);
        }
        byte[] chunk = new byte[encoder.limit()];
        buffer.getBytes(0, chunk);
        unacknowledged.add(new UnsafeBuffer(chunk));
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
        if (result != ACK_GO_ON) {
            outcome = result == ACK_INSTALLED ? Outcome.INSTALLED : Outcome.REFUSED;
            return;
        }
        heardNs = node.nowNs;
        if (sequence == firstUnacknowledged && node.nowNs - sentNs > REPEAT_NS / 10) {
            nextToSend = sequence; // it has asked for a lost one
        }
        while (firstUnacknowledged < sequence) {
            unacknowledged.poll();
            firstUnacknowledged++;
        }
        nextToSend = Math.max(nextToSend, firstUnacknowledged);
    }

    void close() {
        view.close();
    }
}
