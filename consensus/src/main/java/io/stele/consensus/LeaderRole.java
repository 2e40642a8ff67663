package io.stele.consensus;

import io.stele.consensus.log.Entry;
import io.stele.consensus.log.RaftLog;
import io.stele.consensus.membership.MembershipChange;
import io.stele.consensus.progress.Progress;
import io.stele.consensus.progress.ProgressTable;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A leader: takes proposals, counts who has made them durable, commits, beats its heart, confirms reads.
 *
 * <p>It counts itself like everybody else, by what is durable. It commits by counting only entries of its own term
 * (§5.4.2); since terms ascend in a log, these are the ones from its first entry on.
 */
final class LeaderRole {
    private static final int ROUNDS_IN_FLIGHT_MAX = 4;

    private final Raft raft;
    private final RaftConfig config;
    private final RaftLog log;
    private final ProgressTable progress;
    private final Replicator replicator;
    private final Transfer transfer;
    private final UncommittedWindow window;
    private final ReadQueue reads;
    private final UnsafeBuffer leaveJoint;
    private long firstOwnIndex;
    private long round;
    private long confirmedRound;
    private int heartbeatElapsed;
    private int checkElapsed;

    LeaderRole(Raft raft) {
        this.raft = raft;
        this.config = raft.config();
        this.log = raft.log();
        this.progress = new ProgressTable(config.inflightMessagesMax(), config.inflightBytesMax());
        this.replicator = new Replicator(raft, progress);
        this.transfer = new Transfer(raft);
        this.window = new UncommittedWindow(config.uncommittedEntriesMax(), config.uncommittedBytesMax());
        this.reads = new ReadQueue(config.readsMax());
        MembershipChange leave = MembershipChange.leave();
        this.leaveJoint = new UnsafeBuffer(new byte[leave.encodedLength()]);
        leave.encode(leaveJoint, 0);
    }

    // Coming and going

    void begin() {
        progress.reset(raft.membership(), log.lastIndex() + 1);
        window.reset(log.lastIndex());
        round = 0;
        confirmedRound = 0;
        heartbeatElapsed = 0;
        checkElapsed = 0;
        transfer.end();
        firstOwnIndex = append(Entry.NOOP, null, 0, 0);
        onOwnDurable();
    }

    void end() {
        while (!reads.isEmpty()) {
            raft.refuseRead(reads.requestId(), reads.reader());
            reads.removeFirst();
        }
        transfer.end();
    }

    // What the node asks for

    long propose(byte type, DirectBuffer payload, int offset, int length) {
        if (transfer.isUnderWay()) {
            return ProposeResult.TRANSFERRING;
        }
        if (!window.hasRoomFor(length) || !log.hasRoomFor(length)) {
            return ProposeResult.OVERLOADED;
        }
        return append(type, payload, offset, length);
    }

    long uncommittedBytes() {
        return window.bytes();
    }

    boolean hasCommittedInTerm() {
        return log.committed() >= firstOwnIndex;
    }

    void requestRead(long requestId, long reader) {
        if (!reads.add(requestId, reader)) {
            raft.refuseRead(requestId, reader);
        }
    }

    void transferTo(long target) {
        Progress member = progress.get(target);
        if (member != null && !member.isLearner() && target != config.memberId()) {
            transfer.begin(target);
            transfer.advance(member);
            replicator.wake();
        }
    }

    Transfer transfer() {
        return transfer;
    }

    ProgressTable progress() {
        return progress;
    }

    Replicator replicator() {
        return replicator;
    }

    // Time

    void tick() {
        heartbeatElapsed++;
        checkElapsed++;
        transfer.tick();
        if (checkElapsed >= config.electionTicks()) {
            checkElapsed = 0;
            if (config.checkQuorum() && !quorumIsAlive()) {
                raft.becomeFollower(raft.term(), 0);
                return;
            }
        }
        if (!raft.membership().isVoter(config.memberId()) && !transfer.isUnderWay()) {
            raft.becomeFollower(raft.term(), 0); // removed, and nobody has taken over
            return;
        }
        if (heartbeatElapsed >= config.heartbeatTicks()) {
            beat();
        }
    }

    private boolean quorumIsAlive() {
        Progress self = progress.get(config.memberId());
        if (self != null) {
            self.active(true);
        }
        boolean alive = progress.quorumActive();
        for (int i = 0; i < progress.count(); i++) {
            progress.at(i).active(false);
        }
        return alive;
    }

    /** Begins a round: every waiting read will be confirmed by it. */
    private void beat() {
        heartbeatElapsed = 0;
        round++;
        if (hasCommittedInTerm()) {
            reads.begin(round, log.committed());
        }
        for (int i = 0; i < progress.count(); i++) {
            Progress member = progress.at(i);
            if (member.memberId() == config.memberId()) {
                member.onOwnRound(round);
            } else {
                raft.send(MessageType.HEARTBEAT, member.memberId())
                        .commit(Math.min(member.match(), log.committed()))
                        .round(round);
            }
        }
        confirmReads();
    }

    // What members say

    void onAppendReply(Message message) {
        Progress member = progress.get(message.from());
        if (member == null) {
            return; // removed meanwhile
        }
        member.active(true);
        replicator.onReply(member, message);
        if (!message.flag()) {
            advanceCommit();
            transfer.advance(member);
        }
    }

    void onHeartbeatReply(Message message) {
        Progress member = progress.get(message.from());
        if (member != null) {
            replicator.onHeartbeatReply(member, message);
            confirmReads();
        }
    }

    // Durability and commitment

    void onOwnDurable() {
        Progress self = progress.get(config.memberId());
        if (self != null) {
            self.onOwnDurable(log.durable());
        }
        advanceCommit();
    }

    private void advanceCommit() {
        long agreed = progress.committed();
        if (agreed >= firstOwnIndex && agreed > log.committed() && agreed != Long.MAX_VALUE) {
            raft.commitTo(agreed);
            window.commitTo(agreed);
            replicator.wake();
            leaveJointIfDue();
        }
    }

    /** The membership has changed: new members get probed, and fewer may be needed to agree. */
    void onMembership() {
        progress.update(raft.membership(), log.lastIndex() + 1);
        replicator.wake();
        transfer.endUnless(raft.membership());
        if (!raft.membership().isVoter(config.memberId())) {
            transferToBest(); // we lead on without a voice until somebody takes over (§4.2.2 of the dissertation)
        }
        onOwnDurable();
    }

    private void transferToBest() {
        Progress best = null;
        for (int i = 0; i < progress.count(); i++) {
            Progress member = progress.at(i);
            if (member.isIncomingVoter() && (best == null || member.match() > best.match())) {
                best = member;
            }
        }
        if (best != null) {
            transferTo(best.memberId());
        }
    }

    private void leaveJointIfDue() {
        int length = leaveJoint.capacity();
        if (raft.isDueToLeaveJoint() && hasCommittedInTerm() && log.hasRoomFor(length) && window.hasRoomFor(length)) {
            append(Entry.MEMBERSHIP, leaveJoint, 0, length);
        }
    }

    private void confirmReads() {
        confirmedRound = Math.max(confirmedRound, progress.confirmedRound());
        while (reads.isConfirmed(confirmedRound)) {
            raft.confirmRead(reads.requestId(), reads.reader(), reads.readIndex());
            reads.removeFirst();
        }
    }

    private long append(byte type, DirectBuffer payload, int offset, int length) {
        long logIndex = log.append(raft.term(), type, payload, offset, length);
        window.add(logIndex, length);
        replicator.wake();
        raft.trace().onAppend(config.memberId(), logIndex, raft.term());
        return logIndex;
    }

    // Leaving

    boolean wantsFlush() {
        return replicator.isAwake() || mayBeginRound();
    }

    /** Few rounds at a time: what comes meanwhile shares the next one. */
    private boolean mayBeginRound() {
        return reads.wantsRound() && hasCommittedInTerm() && round - confirmedRound < ROUNDS_IN_FLIGHT_MAX;
    }

    void flush() {
        if (mayBeginRound()) {
            beat();
        }
        replicator.flush();
    }
}
