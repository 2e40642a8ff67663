package io.stele.server.node;

import io.stele.server.watch.WatchHub;
import io.stele.server.watch.WatchLimits;
import io.stele.server.watch.WatchOutput;
import io.stele.transport.ApiError;
import io.stele.transport.RequestFrame;
import io.stele.transport.SendResult;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.WatchCancelRequestDecoder;
import io.stele.transport.codec.WatchCreateRequestDecoder;
import io.stele.transport.codec.WatchProgressRequestDecoder;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/**
 * Watching, as a part of the node: requests in, events out. Events go out in the cycle that applies them, or a moment
 * later with others; what is read from history for those who are behind waits until everything else of the cycle is
 * done, and takes a bounded share.
 */
final class WatchRequests implements WatchOutput {
    private final NodeState node;
    private final WatchLimits limits;
    private final WatchHub hub;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final WatchCreateRequestDecoder create = new WatchCreateRequestDecoder();
    private final WatchCancelRequestDecoder cancel = new WatchCancelRequestDecoder();
    private final WatchProgressRequestDecoder progress = new WatchProgressRequestDecoder();
    private long ledNs;
    private long restingNs;

    WatchRequests(NodeState node, WatchLimits limits) {
        this.node = node;
        this.limits = limits;
        hub = new WatchHub(node.machine, limits, this, node.bootId);
    }

    WatchHub hub() {
        return hub;
    }

    void onRequest(long connectionId, DirectBuffer buffer, int offset) {
        switch (RequestFrame.templateId(buffer, offset)) {
            case WatchCreateRequestDecoder.TEMPLATE_ID -> create(connectionId, buffer, offset);
            case WatchCancelRequestDecoder.TEMPLATE_ID -> {
                cancel.wrapAndApplyHeader(buffer, offset, header);
                hub.cancel(connectionId, cancel.correlationId(), cancel.watchId());
            }
            case WatchProgressRequestDecoder.TEMPLATE_ID -> progress(connectionId, buffer, offset);
            default -> throw new IllegalArgumentException("not about watches");
        }
    }

    private void create(long connectionId, DirectBuffer buffer, int offset) {
        create.wrapAndApplyHeader(buffer, offset, header);
        byte[] key = new byte[create.keyLength()];
        create.getKey(key, 0, key.length);
        byte[] rangeEnd = new byte[create.rangeEndLength()];
        create.getRangeEnd(rangeEnd, 0, rangeEnd.length);
        hub.create(
                connectionId,
                create.correlationId(),
                create.watchId(),
                create.startRevision(),
                create.flags(),
                key,
                rangeEnd,
                node.nowNs);
    }

    private void progress(long connectionId, DirectBuffer buffer, int offset) {
        progress.wrapAndApplyHeader(buffer, offset, header);
        if (node.soundness.serves()) {
            hub.handOut(node.nowNs); // who asks wants to hear that all is there, not that some is being gathered
        }
        int count = progress.watchIdsLength() / Long.BYTES;
        if (count == 0) {
            hub.progress(connectionId, progress.correlationId());
            return;
        }
        long[] watchIds = new long[count];
        int idsAt = progress.limit() + WatchProgressRequestDecoder.watchIdsHeaderLength();
        for (int i = 0; i < count; i++) {
            watchIds[i] = buffer.getLong(idsAt + i * Long.BYTES, ByteOrder.LITTLE_ENDIAN);
        }
        hub.progress(connectionId, progress.correlationId(), watchIds);
    }

    void onDisconnected(long connectionId) {
        hub.onDisconnected(connectionId);
    }

    /** A snapshot's state has taken the place of the one before. */
    void onStateReplaced() {
        hub.machine(node.machine);
    }

    /** Hands out what was applied. */
    int deliver() {
        restingNs = 0;
        if (!node.soundness.serves()) {
            if (hub.watchCount() > 0) {
                hub.endAll(node.soundness.isLost() ? ApiError.UNHEALTHY : ApiError.CORRUPT);
            }
            return 0;
        }
        if (node.raft.leaderId() != 0) {
            ledNs = node.nowNs;
        } else if (node.nowNs - ledNs >= node.leaderlessNs) {
            ledNs = node.nowNs;
            hub.endLeaderless();
        }
        int workCount = hub.deliver(node.nowNs);
        restingNs = hub.restingNs(node.nowNs);
        if (restingNs > 0) {
            node.nodeWaker.sleepAtMost(restingNs);
        }
        return workCount;
    }

    /** For how long events are held back, if any are. */
    long restingNs() {
        return restingNs;
    }

    /** Does something for those who are behind. */
    int catchUp(boolean isBusy) {
        if (hub.sessionsBehind() == 0) {
            return 0;
        }
        return hub.catchUp(limits.catchUpBytes(isBusy), node.nowNs) > 0 ? 1 : 0;
    }

    @Override
    public boolean hasRoom(long connectionId) {
        if (node.replies.isBackPressured(connectionId)) {
            return false;
        }
        if (node.link.queuedBytes(connectionId) < limits.unsentBytesMax()) {
            return true;
        }
        // 1. Wish to be woken. 2. Look again: it may have been taken in between, and then nothing would wake.
        node.link.wakeWhenTaken(connectionId);
        return node.link.queuedBytes(connectionId) < limits.unsentBytesMax();
    }

    @Override
    public boolean send(long connectionId, DirectBuffer buffer, int offset, int length) {
        return !node.replies.isBackPressured(connectionId)
                && node.link.send(connectionId, buffer, offset, length) != SendResult.BACK_PRESSURED;
    }

    @Override
    public void reply(long connectionId, DirectBuffer buffer, int offset, int length) {
        node.replies.send(connectionId, buffer, offset, length);
    }

    @Override
    public long raftTerm() {
        return node.raft.term();
    }
}
