package io.stele.server.node;

import io.stele.consensus.membership.Membership;
import io.stele.storage.file.StorageException;
import io.stele.storage.page.Checkpoint;
import java.util.concurrent.TimeUnit;

/**
 * When the page store is made durable: after so many bytes of log, or when changes or freed space have waited for a
 * while, so that a restart replays little and the file shrinks soon. The log that a checkpoint covers is released.
 */
final class Checkpoints {
    /** Changes are checkpointed at the latest after this time. */
    static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(5);

    /** Likewise while the disk is full: what a checkpoint frees is all that there is. */
    private static final long SCARCE_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(200);

    private final NodeState node;
    private final SnapshotSenders snapshots;
    private long appendedBytesCovered;
    private long appliedIndexCovered;
    private long appliedIndexUnderWay;
    private long appendedBytesUnderWay;
    private long lastBeginNs;

    Checkpoints(NodeState node, SnapshotSenders snapshots) {
        this.node = node;
        this.snapshots = snapshots;
        appliedIndexCovered = node.machine.appliedIndex();
    }

    int doWork(long nowNs) {
        Checkpoint done = node.checkpointAgent.pollDone();
        if (done != null) {
            node.store.complete(done);
            node.counters.onCheckpoint(nowNs - lastBeginNs);
            appliedIndexCovered = appliedIndexUnderWay;
            appendedBytesCovered = appendedBytesUnderWay;
            node.wal.releaseTo(Math.min(appliedIndexCovered, snapshots.oldestIndex()), retainedBytes());
            node.spaceWaker.wake(); // released segments are recycled there
            return 1;
        }
        if (node.soundness.isLost()
                || node.checkpointAgent.isBusy()
                || node.spaceAgent.isHoldWanted()
                || !isDue(nowNs)) {
            return 0;
        }
        begin(nowNs);
        return 1;
    }

    /** Log is kept for others only while there are any: who joins later gets a snapshot, which holds its own log. */
    private long retainedBytes() {
        Membership membership = node.raft.membership();
        boolean isAlone = membership.isSoleVoter(node.identity.memberId()) && membership.learners().length == 0;
        return isAlone || node.space.isExhausted() ? 0 : node.walRetainedBytes;
    }

    private boolean isDue(long nowNs) {
        if (nowNs - lastBeginNs < SCARCE_INTERVAL_NS && node.space.isExhausted()) {
            return false;
        }
        return node.appendedBytes - appendedBytesCovered >= node.checkpointBytes
                || ((nowNs - lastBeginNs >= INTERVAL_NS || node.space.isExhausted()) && node.store.checkpointWanted());
    }

    private void begin(long nowNs) {
        lastBeginNs = nowNs;
        Checkpoint checkpoint;
        try {
            checkpoint = node.store.begin();
        } catch (StorageException e) {
            if (e.kind() == StorageException.Kind.NO_SPACE && node.space.isExhausted()) {
                return; // nothing has changed: again when the disk may have space
            }
            throw e;
        }
        appliedIndexUnderWay = node.machine.appliedIndex();
        appendedBytesUnderWay = node.appendedBytes;
        node.checkpointAgent.submit(checkpoint);
        node.checkpointWaker.wake();
    }
}
