package io.stele.server.node;

import io.stele.storage.page.Cursor;
import io.stele.storage.page.PageStoreContext;
import io.stele.storage.page.ReadView;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.SnapshotReplyEncoder;
import io.stele.transport.snapshot.SnapshotDescriptor;
import io.stele.transport.snapshot.SnapshotHeader;
import io.stele.transport.snapshot.SnapshotWriter;
import org.agrona.ExpandableArrayBuffer;

/**
 * One snapshot on its way to a client: the state is pinned when it is asked for, and read piece by piece, whenever the
 * connection has room. One piece is in memory, whatever the state's size.
 */
final class SnapshotStream {
    /** Bytes of a piece, unless a single entry is longer. */
    private static final int PIECE_BYTES = 64 * 1024;

    private enum Part {
        HEADER,
        ENTRIES,
        END,
        DONE
    }

    final long connectionId;
    final long correlationId;

    /** When the connection took a piece last. */
    long takenNs;

    private final NodeState node;
    private final ReadView view;
    private final long revision;
    private final long estimatedBytes;
    private final SnapshotHeader fileHeader;
    private final SnapshotWriter writer = new SnapshotWriter();
    private final ExpandableArrayBuffer piece = new ExpandableArrayBuffer(2 * PIECE_BYTES);
    private final ExpandableArrayBuffer frame = new ExpandableArrayBuffer(2 * PIECE_BYTES);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final SnapshotReplyEncoder reply = new SnapshotReplyEncoder();
    private Part part = Part.HEADER;
    private Cursor cursor;
    private int treeId = -1;
    private boolean onEntry;

    SnapshotStream(NodeState node, long connectionId, long correlationId) {
        this.node = node;
        this.connectionId = connectionId;
        this.correlationId = correlationId;
        takenNs = node.nowNs;
        revision = node.machine.revision();
        estimatedBytes = node.store.spaceUsed();
        view = node.store.pin();
        long entryCount = 0;
        for (int tree = 0; tree < PageStoreContext.TREE_COUNT; tree++) {
            entryCount += view.entryCount(tree);
        }
        fileHeader = new SnapshotHeader(
                node.identity.clusterId(),
                node.identity.memberId(),
                node.machine.appliedIndex(),
                node.machine.appliedTerm(),
                revision,
                node.machine.compactRevision(),
                node.machine.keyCount(),
                entryCount);
    }

    /** Sends the next piece; false after the last one. */
    boolean sendNext() {
        takenNs = node.nowNs;
        int length = switch (part) {
            case HEADER -> {
                part = Part.ENTRIES;
                yield writer.header(piece, 0, fileHeader);
            }
            case ENTRIES -> entries();
            case END -> {
                part = Part.DONE;
                yield writer.end(piece, 0);
            }
            case DONE -> throw new IllegalStateException("it is over");
        };
        boolean isLast = part == Part.DONE;
        long remaining = isLast ? 0 : Math.max(1, estimatedBytes - writer.length());
        reply.wrapAndApplyHeader(frame, 0, header)
                .correlationId(correlationId)
                .revision(revision)
                .raftTerm(node.raft.term())
                .remainingBytes(remaining);
        reply.flags().clear().partial(!isLast);
        reply.putData(piece, 0, length);
        node.replies.send(connectionId, frame, 0, reply.limit());
        return !isLast;
    }

    private int entries() {
        int length = SnapshotDescriptor.CHUNK_HEADER_LENGTH;
        int count = 0;
        while (seekEntry()) {
            int next = SnapshotEntries.length(cursor);
            if (count > 0 && length + next > PIECE_BYTES) {
                break;
            }
            length += SnapshotEntries.put(piece, length, treeId, cursor);
            count++;
            onEntry = cursor.next();
        }
        if (count == 0) {
            return state();
        }
        int bytes = length - SnapshotDescriptor.CHUNK_HEADER_LENGTH;
        return writer.chunk(piece, 0, SnapshotDescriptor.ENTRIES, bytes, count);
    }

    private int state() {
        part = Part.END;
        piece.putBytes(SnapshotDescriptor.CHUNK_HEADER_LENGTH, view.stamp(), 0, PageStoreContext.STAMP_BYTES);
        return writer.chunk(piece, 0, SnapshotDescriptor.STATE, PageStoreContext.STAMP_BYTES, 0);
    }

    /** Moves on to the next tree as long as there is no entry; false when there are no more. */
    private boolean seekEntry() {
        while (!onEntry && treeId < PageStoreContext.TREE_COUNT - 1) {
            cursor = view.cursor(++treeId);
            onEntry = cursor.first();
        }
        return onEntry;
    }

    void close() {
        view.close();
    }
}
