package io.stele.consensus;

import io.stele.consensus.log.Entry;
import io.stele.consensus.log.EntryList;
import io.stele.consensus.log.RaftLog;

/**
 * A follower: takes entries and snapshots from the leader of its term, acknowledges what is durable, and waits for the
 * leader to fall silent. The election deadline lives here for candidates too.
 *
 * <p>An acknowledgement names the last entry that both agrees with the leader's log and is durable here. It is made
 * when a batch is taken: one force acknowledges all that it covered.
 */
final class FollowerRole {
    private final Raft raft;
    private final RaftConfig config;
    private final RaftLog log;
    private final Jitter jitter;
    private final ForwardedReads reads;
    private long ticks;
    private int elapsed;
    private int timeout;
    private long matched; // up to here our log agrees with that of this term's leader, for all we know
    private long acked;
    private boolean wantsAck;
    private boolean leaderIsGone;

    FollowerRole(Raft raft) {
        this.raft = raft;
        this.config = raft.config();
        this.log = raft.log();
        this.jitter = new Jitter(config.seed() ^ config.memberId());
        this.reads = new ForwardedReads(config.readsMax(), jitter.next() >>> 2);
        drawTimeout();
    }

    // Coming and going

    /** A new term, a new leader, or a campaign begins: nothing is known of the leader's log. */
    void begin() {
        matched = 0;
        acked = 0;
        wantsAck = false;
        elapsed = 0;
        leaderIsGone = false;
        drawTimeout();
        dropReads(reads.count());
    }

    private void drawTimeout() {
        timeout = config.electionTicks() + jitter.below(config.electionTicks());
    }

    // Time

    void tick() {
        ticks++;
        elapsed++;
        dropReads(reads.begunBy(ticks - config.electionTicks()));
        if (elapsed >= timeout && raft.mayCampaign()) {
            elapsed = 0;
            raft.campaign(false);
        } else if (raft.role() != Role.FOLLOWER && isFresh() && elapsed % config.heartbeatTicks() == 0) {
            raft.askAgain();
        }
    }

    private void heard() {
        elapsed = 0;
        if (leaderIsGone) {
            leaderIsGone = false;
            drawTimeout();
        }
    }

    /** Whether a leader was heard so lately that nobody else may be voted for. */
    boolean hearsLeader() {
        return raft.leaderId() != 0 && !leaderIsGone && elapsed < config.electionTicks();
    }

    /** The leader's process has ended, it seems: if a heartbeat fails to come, that is enough. */
    void onLeaderGone() {
        leaderIsGone = true;
        timeout = Math.min(timeout, config.heartbeatTicks() + 1);
    }

    /** Ticks since the leader, or whatever moved the deadline last, was heard. */
    int silentTicks() {
        return elapsed;
    }

    /** A vote was given: give the candidate time. */
    void restartTimer() {
        elapsed = 0;
    }

    /** A vote was promised: give the one who asks time to ask in earnest, but not so much that he could hinder us. */
    void giveWay() {
        timeout = Math.max(timeout, elapsed + graceTicks());
    }

    /** What a campaign takes that nothing stands in the way of. */
    private int graceTicks() {
        return config.electionTicks() / 2;
    }

    /** Of a candidate: whether it began so lately that it may still succeed. */
    boolean isFresh() {
        return elapsed <= graceTicks();
    }

    // What the leader says

    void onAppend(Message message) {
        heard();
        long previous = message.logIndex();
        if (raft.membership().isEmpty()) {
            raft.send(MessageType.APPEND_REPLY, message.from())
                    .log(previous, 0)
                    .round(Message.NEEDS_SNAPSHOT)
                    .flag(true);
            return;
        }
        if (previous > log.committed() && !log.matches(previous, message.logTerm())) {
            refuse(message);
            return;
        }
        long last = accept(message.entries(), previous);
        matched = Math.max(matched, last);
        raft.commitTo(Math.min(message.commit(), matched));
        raft.pledge().onAppend(message);
        if (message.entryCount() == 0 && !message.flag() && acked == matched) {
            return; // it only tells what is committed
        }
        wantsAck |=
                matched <= log.durable(); // else once it is: an early answer would only make the leader repeat itself
    }

    /** Appends what is new, after cutting off what conflicts. Returns the last entry that agrees with the leader's. */
    private long accept(EntryList entries, long previous) {
        int place = 0;
        while (place < entries.count() && agrees(entries.get(place))) {
            place++;
        }
        if (place == entries.count()) {
            return Math.max(previous + place, log.committed());
        }
        long at = previous + place + 1;
        if (at <= log.lastIndex()) {
            log.truncateFrom(at);
            raft.trace().onTruncate(config.memberId(), at);
        }
        for (; place < entries.count(); place++) {
            Entry entry = entries.get(place);
            if (!log.hasRoomFor(entry.length())) {
                break; // the rest comes again
            }
            log.append(entry.term(), entry.type(), entry.buffer(), entry.offset(), entry.length());
            raft.trace().onAppend(config.memberId(), entry.logIndex(), entry.term());
        }
        return log.lastIndex();
    }

    /** What is committed agrees with every later leader's log, even where it has been released here. */
    private boolean agrees(Entry entry) {
        return entry.logIndex() <= log.committed() || log.matches(entry.logIndex(), entry.term());
    }

    private void refuse(Message message) {
        long hint = Math.max(log.committed(), log.lastIndexOfTermAtMost(message.logIndex(), message.logTerm()));
        Message refusal = raft.send(MessageType.APPEND_REPLY, message.from())
                .log(message.logIndex(), log.term(hint))
                .hint(hint)
                .flag(true);
        sayWhatIsLost(refusal);
    }

    private void sayWhatIsLost(Message reply) {
        if (raft.isPledged()) {
            reply.round(Message.LOG_SHORTENED).commit(raft.pledge().token());
        }
    }

    void onHeartbeat(Message message) {
        heard();
        raft.commitTo(Math.min(message.commit(), matched));
        raft.send(MessageType.HEARTBEAT_REPLY, message.from())
                .round(message.round())
                .commit(log.committed())
                .flag(raft.fitness() != Fitness.FIT || raft.isPledged());
    }

    /** The log has been replaced by a snapshot; what it covers is committed, so every leader agrees with it. */
    void onSnapshotInstalled() {
        matched = log.lastIndex();
        wantsAck = true;
    }

    // Linearizable reads

    boolean requestRead(long requestId) {
        return reads.add(requestId);
    }

    void onReadReply(Message message) {
        int confirmed = reads.confirmedBy(message.round());
        if (message.flag()) {
            dropReads(confirmed);
            return;
        }
        for (int i = 0; i < confirmed; i++) {
            raft.confirmRead(reads.requestId(i), config.memberId(), message.logIndex());
        }
        reads.removeOldest(confirmed);
    }

    private void dropReads(int dropped) {
        for (int i = 0; i < dropped; i++) {
            raft.dropRead(reads.requestId(i));
        }
        if (dropped > 0) {
            reads.removeOldest(dropped);
        }
    }

    // Leaving

    void onOwnDurable() {
        if (Math.min(matched, log.durable()) > acked) {
            wantsAck = true;
        }
    }

    boolean wantsFlush() {
        return wantsAck || reads.wantsAttempt();
    }

    void flush() {
        if (wantsAck) {
            wantsAck = false;
            acknowledge();
        }
        if (reads.wantsAttempt()) {
            raft.send(MessageType.READ, raft.leaderId()).round(reads.begin(ticks));
        }
    }

    private void acknowledge() {
        long agreed = Math.min(matched, log.durable());
        if (raft.leaderId() != 0) {
            acked = agreed;
            sayWhatIsLost(raft.send(MessageType.APPEND_REPLY, raft.leaderId()).log(agreed, 0));
        }
    }
}
