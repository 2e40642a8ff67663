package io.stele.consensus;

import io.stele.consensus.log.LogReader;
import io.stele.consensus.log.RaftLog;
import io.stele.consensus.progress.Progress;
import io.stele.consensus.progress.ProgressTable;

/**
 * Sends the leader's log to each member, as fast as its {@link Progress} allows.
 *
 * <p>Appends are made when a batch is taken and not before: everything proposed in a duty cycle leaves together, and a
 * leader that is deposed within the cycle sends nothing any more.
 */
final class Replicator {
    private final Raft raft;
    private final RaftLog log;
    private final ProgressTable progress;
    private final long self;
    private final int appendBytesMax;
    private final int appendEntriesMax;
    private boolean awake;

    Replicator(Raft raft, ProgressTable progress) {
        this.raft = raft;
        this.log = raft.log();
        this.progress = progress;
        this.self = raft.config().memberId();
        this.appendBytesMax = raft.config().appendBytesMax();
        this.appendEntriesMax = raft.config().appendEntriesMax();
    }

    /** Something has changed that may let an append leave. */
    void wake() {
        awake = true;
    }

    boolean isAwake() {
        return awake;
    }

    void onReply(Progress member, Message message) {
        if (message.flag() && message.round() == Message.NEEDS_SNAPSHOT) {
            if (member.state() != Progress.State.SNAPSHOT) {
                sendSnapshot(member);
            }
            return;
        }
        if (message.flag()) {
            long agree = log.lastIndexOfTermAtMost(message.hint(), message.logTerm());
            if (isNewLoss(member, message)) {
                member.onShortened(agree, message.commit());
                awake = true;
            } else if (member.onRefused(message.logIndex(), agree)) {
                awake = true;
            }
            return;
        }
        if (message.logIndex() > log.lastIndex()) {
            throw new IllegalStateException(
                    "acknowledges what is not in the log up to " + log.lastIndex() + ": " + message);
        }
        if (isNewLoss(member, message)) {
            member.onShortened(message.logIndex(), message.commit());
        }
        member.onAcked(message.logIndex());
        switch (member.state()) {
            case PROBE -> {
                if (message.logIndex() == member.match()) {
                    member.becomeReplicate();
                }
            }
            case SNAPSHOT -> {
                if (member.match() + 1 >= log.firstIndex()) {
                    member.becomeReplicate(); // it can be served from the log, by whatever way it got there
                }
            }
            case REPLICATE -> {}
        }
        awake = true;
    }

    /** A member says, for the first time in its life and our term, that it has lost what it had acknowledged. */
    private static boolean isNewLoss(Progress member, Message message) {
        return message.round() == Message.LOG_SHORTENED && member.token() != message.commit();
    }

    void onHeartbeatReply(Progress member, Message message) {
        member.onHeartbeatReply(message.round(), message.commit(), !message.flag());
        if (member.match() < log.lastIndex() || member.state() == Progress.State.PROBE) {
            probe(member);
        }
        awake = true;
    }

    /** What was sent to a member may be lost. */
    void onUnreachable(long memberId) {
        Progress member = progress.get(memberId);
        if (member != null && member.state() == Progress.State.REPLICATE) {
            member.becomeProbe();
        }
    }

    void onSnapshotDone(long memberId, boolean installed) {
        Progress member = progress.get(memberId);
        if (member == null || member.state() != Progress.State.SNAPSHOT) {
            return;
        }
        if (installed) {
            member.becomeProbe();
            awake = true;
        } else {
            member.onSnapshotFailed();
        }
    }

    void flush() {
        awake = false;
        for (int i = 0; i < progress.count(); i++) {
            Progress member = progress.at(i);
            if (member.memberId() != self) {
                while (sendNext(member)) {
                    // until there is nothing more, or no more may be on the way
                }
            }
        }
    }

    private boolean sendNext(Progress member) {
        boolean hasEntries = member.next() <= log.lastIndex();
        boolean hasCommit = log.committed() > member.sentCommit() && member.sentCommit() < member.next() - 1;
        return (hasEntries || hasCommit) && send(member, member.state() == Progress.State.PROBE);
    }

    /** Sends even if there is nothing to say: the reply tells where the member's log is. */
    private void probe(Progress member) {
        if (member.next() > log.lastIndex()) {
            send(member, true);
        }
    }

    private boolean send(Progress member, boolean answer) {
        if (!member.maySend()) {
            return false;
        }
        long previous = member.next() - 1;
        long previousTerm = log.term(previous);
        if (previousTerm == LogReader.NO_TERM || member.next() < log.firstIndex()) {
            sendSnapshot(member);
            return false;
        }
        long bytes = 0;
        int count = 0;
        for (long at = member.next(); at <= log.lastIndex() && count < appendEntriesMax; at++) {
            int length = log.entry(at).length();
            if (count > 0 && bytes + length > appendBytesMax) {
                break;
            }
            bytes += length;
            count++;
        }
        raft.send(MessageType.APPEND, member.memberId())
                .log(previous, previousTerm)
                .commit(log.committed())
                .round(member.token())
                .flag(answer)
                .entryCount(count);
        member.onSent(count, bytes, log.committed());
        return count > 0;
    }

    private void sendSnapshot(Progress member) {
        long covers = log.applied();
        if (!member.isActive() || covers == 0) {
            return; // one that is not there needs none; and where nothing is applied there is none
        }
        member.becomeSnapshot(covers);
        raft.send(MessageType.SNAPSHOT, member.memberId()).log(covers, log.term(covers));
    }
}
