package io.stele.server.node;

import io.stele.consensus.MessageList;
import io.stele.consensus.Ready;
import io.stele.consensus.log.Entry;
import io.stele.consensus.log.EntryList;
import io.stele.transport.ApiError;

/**
 * Does what the core asks for. The order of the steps in {@link #handle} is what durability rests on:
 *
 * <ol>
 *   <li>term and vote are forced before anything that depends on them leaves;
 *   <li>a snapshot's state takes the place of the present one, durably;
 *   <li>entries are appended, and forced beside everything else by {@link SyncAgent};
 *   <li>messages leave: none of them says anything that has to be durable and is not, the core sees to that;
 *   <li>what is committed (by a durable quorum: the core counts this member only after its force) is applied.
 * </ol>
 */
final class ReadyHandler {
    private final NodeState node;
    private final Applier applier;
    private final LinearizableReads.Server readServer;
    private final PeerTraffic peers;
    private final RangeScans scans;
    private final LeadershipLog leadership;

    ReadyHandler(
            NodeState node, Applier applier, LinearizableReads.Server readServer, PeerTraffic peers, RangeScans scans) {
        this.node = node;
        this.applier = applier;
        this.readServer = readServer;
        this.peers = peers;
        this.scans = scans;
        this.leadership = new LeadershipLog(node.raft);
    }

    int handleAll() {
        int workCount = 0;
        while (node.raft.hasReady()) {
            handle(node.raft.ready());
            node.raft.advance();
            workCount++;
        }
        return workCount;
    }

    private void handle(Ready ready) {
        if (ready.roleChanged()) {
            leadership.onChange();
        }
        if (ready.hardStateChanged()) {
            node.superblock.save(ready.term(), ready.vote());
        }
        if (ready.snapshotIndex() > 0) {
            scans.failAll();
            node.exchange.exchange(node, ready.snapshotIndex(), ready.snapshotTerm());
            applier.onInstalled(ready.snapshotIndex());
        }
        if (ready.truncateFrom() > 0) {
            node.wal.truncateFrom(ready.truncateFrom());
        }
        if (ready.lostFrom() > 0) {
            loseSightFrom(ready.lostFrom());
        }
        node.logEpoch = ready.logEpoch();
        append(ready.entries());
        MessageList messages = ready.messages();
        for (int i = 0; i < messages.count(); i++) {
            peers.send(messages.get(i));
        }
        if (ready.hasCommitted()) {
            applier.onCommitted(ready.committedTo());
        }
        for (int i = 0; i < ready.readCount(); i++) {
            node.reads.onConfirmed(ready.readRequestId(i), ready.readIndex(i), node.nowNs);
        }
        for (int i = 0; i < ready.droppedReadCount(); i++) {
            node.reads.onDropped(ready.droppedReadId(i), readServer);
        }
    }

    /**
     * What was proposed here has gone from the log, for another leader has other entries in its place. A third one
     * may still have these, so their fate is open; but this member would propose others under the same indices.
     */
    private void loseSightFrom(long logIndex) {
        PendingReplies pending = node.pending;
        while (pending.ends(logIndex)) {
            node.sendError(pending.newestConnectionId(), pending.newestCorrelationId(), ApiError.TIMEOUT_LEADER_LOST);
            pending.removeNewest();
        }
    }

    private void append(EntryList entries) {
        for (int i = 0; i < entries.count(); i++) {
            Entry entry = entries.get(i);
            node.wal.append(
                    entry.logIndex(), entry.term(), entry.type(), entry.buffer(), entry.offset(), entry.length());
            node.appendedBytes += entry.length() + NodeState.ENTRY_OVERHEAD_BYTES;
        }
        node.wal.flush();
        if (node.sync.request(node.wal.appendedPosition(), node.logEpoch)) {
            node.syncWaker.wake();
        }
    }
}
