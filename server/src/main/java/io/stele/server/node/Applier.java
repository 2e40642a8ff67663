package io.stele.server.node;

import io.stele.server.machine.StateMachine;
import io.stele.storage.wal.EntryView;
import io.stele.transport.ApiError;
import org.agrona.concurrent.NanoClock;

/**
 * Applies committed entries, in slices, and sends the replies of those that were proposed here.
 *
 * <p>Between its slices the node goes on serving; a restart that replays a long log is a sequence of such slices.
 */
final class Applier {
    private static final int ENTRIES_PER_CYCLE = 1024;

    private final NodeState node;
    private final CompactionReplies compactions;
    private final MemberRequests members;
    private final EntryView view = new EntryView();
    private final NanoClock clock;
    private long committedTo;
    private long committedNs;

    Applier(NodeState node, MemberRequests members, NanoClock clock) {
        this.node = node;
        this.members = members;
        this.clock = clock;
        compactions = new CompactionReplies(node);
        committedTo = node.machine.appliedIndex();
    }

    /** Everything up to {@code logIndex} is committed. */
    void onCommitted(long logIndex) {
        if (logIndex > committedTo) {
            committedTo = logIndex;
            committedNs = node.nowNs;
        }
    }

    /**
     * The state as of an entry has come from elsewhere. Whether what was proposed here is part of it nobody can say.
     */
    void onInstalled(long logIndex) {
        PendingReplies pending = node.pending;
        while (pending.count() > 0 && pending.logIndex() <= logIndex) {
            node.counters.onProposalFailed();
            node.sendError(pending.connectionId(), pending.correlationId(), ApiError.TIMEOUT_LEADER_LOST);
            pending.removeHead();
        }
    }

    int doWork() {
        return applyCommitted() + compactions.doWork();
    }

    private int applyCommitted() {
        if (node.soundness.isLost()) {
            return 0; // until there is another state
        }
        long from = node.machine.appliedIndex() + 1;
        long to = Math.min(committedTo, from + ENTRIES_PER_CYCLE - 1);
        for (long logIndex = from; logIndex <= to; logIndex++) {
            apply(logIndex);
        }
        if (to < from) {
            return 0;
        }
        node.raft.onApplied(to);
        return (int) (to - from + 1);
    }

    private void apply(long logIndex) {
        if (!node.wal.read(logIndex, view)) {
            throw new IllegalStateException("committed entry " + logIndex + " is not in the log, which begins at "
                    + node.wal.firstIndex() + " and ends at " + node.wal.lastIndex());
        }
        PendingReplies pending = node.pending;
        while (pending.isOvertaken(logIndex, view.term())) {
            node.counters.onProposalFailed();
            node.sendError(pending.connectionId(), pending.correlationId(), ApiError.LEADER_CHANGED);
            pending.removeHead();
        }
        boolean awaited = pending.isNext(logIndex, view.term());
        node.machine.apply(
                logIndex,
                view.term(),
                view.type(),
                view.buffer(),
                view.offset(),
                view.length(),
                awaited ? node.beginReply() : null);
        node.noteDigest();
        if (awaited) {
            node.counters.onApplied(node.nowNs - pending.proposedNs());
            if (pending.receivedNs() != 0) {
                addTimings(pending);
            }
            if (view.type() == StateMachine.MEMBERSHIP) {
                members.onApplied(pending.connectionId(), pending.correlationId(), view);
            } else if (!compactions.hold(pending.connectionId(), view.buffer(), view.offset())) {
                node.sendReply(pending.connectionId());
            }
            pending.removeHead();
        }
    }

    private void addTimings(PendingReplies pending) {
        long takenNs = pending.proposedNs();
        node.reply.timings(takenNs - pending.receivedNs(), committedNs - takenNs, clock.nanoTime() - committedNs, 0);
    }
}
