package io.stele.consensus;

import io.stele.consensus.log.Entry;
import io.stele.consensus.log.LogReader;
import io.stele.consensus.log.RaftLog;
import io.stele.consensus.membership.Membership;
import io.stele.consensus.membership.MembershipChange;
import io.stele.consensus.progress.Progress;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/**
 * One member's side of the Raft algorithm: a pure function of what it is told, without I/O, clock or thread.
 *
 * <p>The node's duty cycle, always in this order:
 *
 * <pre>
 *   step(message)…  tick()…  propose(…)…  requestRead(…)…  onDurable(…)  onApplied(…)      in
 *   if (hasReady()) {
 *       ready = ready();       do what {@link Ready} says, in the order it says
 *       advance();                                                                        out
 *   }
 * </pre>
 *
 * <p>Appending, making durable and applying are three steps. {@code advance()} promises that the hard state is
 * durable, the messages are sent and the entries are appended, not that they are durable; that is told later by {@link
 * #onDurable}, and everything that depends on it (the leader's own count, a follower's acknowledgement, applying)
 * waits for it in here. So the node cannot send too early.
 *
 * <p>A member that is the only voter leads from its first batch on.
 *
 * <p>Nothing is promised to be retried: proposals and reads may get lost with a change of the leader. Reads are
 * reported as dropped; a proposal's fate is known when its index is applied (it is lost when the entry there has
 * another term).
 */
public final class Raft {
    private final RaftConfig config;
    private final RaftLog log;
    private final RaftTrace trace;
    private final Ready ready = new Ready();
    private final ExpandableArrayBuffer changeBuffer = new ExpandableArrayBuffer();
    private final MembershipTracker membership;
    private final Forwarder forwarder;
    private final FollowerRole follower;
    private final CandidateRole candidate;
    private final LeaderRole leader;
    private final TermRules termRules;
    private final Pledge pledge;

    private MessageList outbox = new MessageList();
    private Role role = Role.FOLLOWER;
    private Fitness fitness = Fitness.FIT;
    private long term;
    private long vote;
    private long leaderId;
    private boolean readyTaken;

    private long durableTerm;
    private long durableVote;
    private Role shownRole;
    private long shownTerm;
    private long shownLeaderId;

    public Raft(RaftConfig config, LogReader log, HardState hardState, Membership membership) {
        this(config, log, hardState, membership, RaftTrace.NONE);
    }

    /**
     * Starts a member.
     *
     * @param log what it has appended in earlier lives, all of it durable
     * @param hardState what it has forced, and where its state machine stands
     * @param membership the configuration as of the applied index
     */
    public Raft(RaftConfig config, LogReader log, HardState hardState, Membership membership, RaftTrace trace) {
        this.config = config.validate();
        this.log = new RaftLog(log, hardState.applied(), config.unstableBytesMax());
        this.trace = trace;
        this.term = hardState.term();
        this.vote = hardState.vote();
        this.durableTerm = term;
        this.durableVote = vote;
        this.membership = new MembershipTracker(this, membership);
        this.forwarder = new Forwarder(this);
        if (this.log.lastTerm() > term) {
            throw new IllegalArgumentException(
                    "the log ends in term " + this.log.lastTerm() + ", the hard state knows only " + term);
        }
        this.pledge = new Pledge(this);
        this.follower = new FollowerRole(this);
        this.candidate = new CandidateRole(this);
        this.leader = new LeaderRole(this);
        this.termRules = new TermRules(this, follower);
        this.membership.activate();
        if (membership().isSoleVoter(config.memberId())) {
            campaign(false);
        }
    }

    // In: time and messages

    public void tick() {
        assert !readyTaken;
        if (role == Role.LEADER) {
            leader.tick();
        } else {
            follower.tick();
        }
    }

    /** Takes a message. Throws on one that no correct member sends; the core is unchanged then. */
    public void step(Message message) {
        assert !readyTaken;
        message.check(config.memberId());
        trace.onStep(config.memberId(), message);
        if (message.isOfElection()) {
            learnCommit(message);
        }
        if (!termRules.admit(message)) {
            return;
        }
        switch (message.type()) {
            case PRE_VOTE, VOTE -> termRules.answerVote(message);
            case PRE_VOTE_REPLY, VOTE_REPLY -> stepAsCandidate(message);
            case APPEND, HEARTBEAT -> stepAsFollower(message);
            case APPEND_REPLY, HEARTBEAT_REPLY, READ, PROPOSE, TRANSFER -> stepAsLeader(message);
            case READ_REPLY -> {
                if (role == Role.FOLLOWER) {
                    follower.onReadReply(message);
                }
            }
            case SNAPSHOT -> {} // refused by the check above: the node comes with installSnapshot
            case CAMPAIGN_NOW -> {
                if (role == Role.FOLLOWER && mayCampaign()) {
                    campaign(true);
                }
            }
        }
    }

    /**
     * Elections carry what each side knows to be committed; that holds in whatever term it is said. Without it, a
     * leader that removed itself could refuse its vote for ever, for its log is longer, to a successor that still
     * counts on it, for it has not heard of the removal.
     */
    private void learnCommit(Message message) {
        if (role != Role.LEADER && log.matches(message.commit(), message.hint())) {
            commitTo(message.commit());
        }
    }

    private void stepAsCandidate(Message message) {
        if (role == Role.PRE_CANDIDATE || role == Role.CANDIDATE) {
            candidate.onReply(message);
        }
    }

    private void stepAsFollower(Message message) {
        if (role == Role.LEADER || (role == Role.FOLLOWER && leaderId != 0 && leaderId != message.from())) {
            throw new IllegalStateException("two leaders in one term: " + leaderId + " and " + message.from());
        }
        if (role != Role.FOLLOWER) {
            becomeFollower(term, message.from());
        }
        leaderId = message.from();
        if (message.type() == MessageType.APPEND) {
            follower.onAppend(message);
        } else {
            follower.onHeartbeat(message);
        }
    }

    private void stepAsLeader(Message message) {
        if (role != Role.LEADER) {
            return;
        }
        switch (message.type()) {
            case APPEND_REPLY -> leader.onAppendReply(message);
            case HEARTBEAT_REPLY -> leader.onHeartbeatReply(message);
            case READ -> leader.requestRead(message.round(), message.from());
            case TRANSFER -> leader.transferTo(message.hint());
            default -> forwarder.take(message);
        }
    }

    // In: wishes

    /** Appends or forwards an entry; the payload is copied. Returns its index, or one of {@link ProposeResult}. */
    public long propose(byte type, DirectBuffer payload, int offset, int length) {
        assert !readyTaken;
        if (type == Entry.NOOP || type == Entry.MEMBERSHIP) {
            throw new IllegalArgumentException("entries of type " + type + " are made by the core");
        }
        if (length > config.entryBytesMax()) {
            return ProposeResult.TOO_LARGE;
        }
        return role == Role.LEADER
                ? leader.propose(type, payload, offset, length)
                : forwarder.forward(type, payload, offset, length);
    }

    /** Proposes a membership change; it becomes active when its entry is committed. Returns like {@link #propose}. */
    public long proposeMembership(MembershipChange change) {
        assert !readyTaken;
        int length = change.encodedLength();
        if (length > config.entryBytesMax() || change.stepCount() > Limits.CHANGE_STEPS_MAX) {
            return ProposeResult.TOO_LARGE;
        }
        if (role == Role.LEADER) {
            long refusal = leader.hasCommittedInTerm() ? membership.refusal(change) : ProposeResult.MEMBERSHIP_PENDING;
            if (refusal != 0) {
                return refusal;
            }
        }
        change.encode(changeBuffer, 0);
        return role == Role.LEADER
                ? leader.propose(Entry.MEMBERSHIP, changeBuffer, 0, length)
                : forwarder.forward(Entry.MEMBERSHIP, changeBuffer, 0, length);
    }

    /** Asks for a linearizable read; the answer comes with a later batch, as a read index or as a dropped read. */
    public void requestRead(long requestId) {
        assert !readyTaken;
        if (role == Role.LEADER) {
            leader.requestRead(requestId, config.memberId());
        } else if (leaderId == 0 || !follower.requestRead(requestId)) {
            dropRead(requestId);
        }
    }

    /** Hands leadership over to a voter, or asks the leader to. It may fail silently: watch the leader. */
    public void transferLeadership(long target) {
        assert !readyTaken;
        if (role == Role.LEADER) {
            leader.transferTo(target);
        } else if (leaderId != 0) {
            send(MessageType.TRANSFER, leaderId).hint(target);
        }
    }

    /** Campaigns now instead of when the leader has been silent for long enough. */
    public void campaign() {
        assert !readyTaken;
        if (role != Role.LEADER && mayCampaign()) {
            campaign(false);
        }
    }

    /**
     * The log has lost its end, to a damaged disk: up to this entry the member may have acknowledged more than it has.
     * Until it has that again it votes only for those whose logs have got as far, as it would have done before, and
     * does not campaign. So nobody is elected without what it has vouched for. To be said before anything else.
     */
    public void pledge(long logIndex, long logTerm) {
        pledge.make(logIndex, logTerm);
    }

    /** Votes for nobody in any term up to this one: what was voted in it may be forgotten. */
    public void forgoVotes(long lastTerm) {
        assert !readyTaken;
        becomeFollower(Math.max(term, lastTerm), 0);
        vote = config.memberId();
    }

    /** Whether there is a pledge, and it is not kept yet. */
    public boolean isPledged() {
        return pledge.isOpen();
    }

    /** Says how fit this member is to lead. A leader goes on leading: the node hands over, or steps down. */
    public void fitness(Fitness value) {
        fitness = value;
    }

    /** Leads no longer, though nobody has taken over. */
    public void stepDown() {
        assert !readyTaken;
        if (role == Role.LEADER) {
            becomeFollower(term, 0);
        }
    }

    // In: what has become of earlier batches

    /**
     * All entries up to an index are durable.
     *
     * @param epoch what {@link #logEpoch()} was when the force <em>began</em>; a report of an older one is ignored
     */
    public void onDurable(long logIndex, long epoch) {
        assert !readyTaken;
        if (!log.onDurable(logIndex, epoch)) {
            return;
        }
        if (role == Role.LEADER) {
            leader.onOwnDurable();
        } else {
            follower.onOwnDurable();
        }
    }

    /** All entries up to an index are applied. */
    public void onApplied(long logIndex) {
        log.onApplied(logIndex);
    }

    /**
     * A snapshot is here, complete and checked. False if it is of no use: the log has got as far by itself.
     *
     * @param membershipThen the configuration as of {@code logIndex}
     */
    public boolean installSnapshot(long logIndex, long logTerm, Membership membershipThen) {
        assert !readyTaken;
        if (role == Role.LEADER || logIndex <= log.committed()) {
            return false;
        }
        if (log.matches(logIndex, logTerm)) {
            commitTo(logIndex);
            return false;
        }
        if (logTerm > term) {
            becomeFollower(logTerm, 0);
        } else if (role != Role.FOLLOWER) {
            becomeFollower(term, 0);
        }
        log.restore(logIndex, logTerm);
        membership.restore(membershipThen);
        follower.onSnapshotInstalled();
        trace.onSnapshot(config.memberId(), logIndex, logTerm);
        return true;
    }

    /**
     * The state machine has been replaced by another member's as of {@code logIndex}, an entry that the log holds and
     * that is durable; the log stays as it is. False, and nothing has changed, if the log does not hold the entry, or
     * the state machine had got further.
     *
     * @param membershipThen the configuration as of {@code logIndex}
     */
    public boolean replaceState(long logIndex, long logTerm, Membership membershipThen) {
        assert !readyTaken;
        if (role == Role.LEADER
                || logIndex < log.applied()
                || logIndex > log.durable()
                || !log.matches(logIndex, logTerm)) {
            return false;
        }
        if (membership().isEmpty()) {
            membership.begin(logIndex, membershipThen);
        }
        commitTo(logIndex);
        log.skipTo(logIndex);
        return true;
    }

    /**
     * A member's process has ended, as far as one can tell from outside. If it leads and is silent, nobody need wait
     * for it any longer; if it lives after all nothing is lost, for whoever hears it promises nobody a vote.
     */
    public void onGone(long peerId) {
        assert !readyTaken;
        if (role == Role.FOLLOWER && leaderId == peerId) {
            follower.onLeaderGone();
        }
    }

    /** Messages to a member get lost for sure. */
    public void onUnreachable(long peerId) {
        if (role == Role.LEADER) {
            leader.replicator().onUnreachable(peerId);
        }
    }

    /** The transfer that a SNAPSHOT message asked for has ended. */
    public void onSnapshotDone(long peerId, boolean installed) {
        if (role == Role.LEADER) {
            leader.replicator().onSnapshotDone(peerId, installed);
        }
    }

    // Out

    public boolean hasReady() {
        return term != durableTerm
                || vote != durableVote
                || log.hasUnstable()
                || outbox.count() > 0
                || log.applicable(config.applyingEntriesMax()) > log.handed()
                || !ready.readIds.isEmpty()
                || !ready.droppedReads.isEmpty()
                || membership.hasChanged()
                || roleChanged()
                || (role == Role.LEADER ? leader.wantsFlush() : follower.wantsFlush());
    }

    /** What to do now. Nothing else may be called until {@link #advance()}, but for {@link #onApplied}. */
    public Ready ready() {
        assert !readyTaken;
        if (role == Role.LEADER) {
            leader.flush();
        } else {
            follower.flush();
        }
        readyTaken = true;
        ready.hardStateChanged = term != durableTerm || vote != durableVote;
        ready.term = term;
        ready.vote = vote;
        ready.snapshotIndex = log.pendingSnapshotIndex();
        ready.snapshotTerm = log.pendingSnapshotTerm();
        ready.truncateFrom = log.pendingTruncation();
        ready.lostFrom = log.lostFrom();
        ready.entries = log.unstableEntries();
        ready.logEpoch = log.epoch();
        MessageList filled = outbox;
        outbox = ready.messages;
        ready.messages = filled;
        ready.committedFrom = log.handed() + 1;
        ready.committedTo = Math.max(log.handed(), log.applicable(config.applyingEntriesMax()));
        log.handTo(ready.committedTo);
        ready.roleChanged = roleChanged();
        shownRole = role;
        shownTerm = term;
        shownLeaderId = leaderId;
        ready.membershipChanged = membership.takeChanged();
        for (int i = 0; i < filled.count(); i++) {
            trace.onSend(filled.get(i));
        }
        return ready;
    }

    /** The batch is done: hard state forced, snapshot installed, entries appended, messages sent. */
    public void advance() {
        assert readyTaken;
        readyTaken = false;
        ready.messages.clear();
        ready.readIds.clear();
        ready.readIndices.clear();
        ready.droppedReads.clear();
        forwarder.clear();
        log.handedOver();
        durableTerm = ready.term;
        durableVote = ready.vote;
        if (ready.hardStateChanged && role == Role.CANDIDATE) {
            candidate.onOwnVoteDurable();
        }
    }

    // State, for the node

    public long memberId() {
        return config.memberId();
    }

    public Role role() {
        return role;
    }

    public long term() {
        return term;
    }

    public long vote() {
        return vote;
    }

    /** Who leads, 0 if that is not known. */
    public long leaderId() {
        return leaderId;
    }

    /** What the leader has accepted and not committed; 0 for who does not lead. Beyond its limit it accepts nothing. */
    public long uncommittedBytes() {
        return role == Role.LEADER ? leader.uncommittedBytes() : 0;
    }

    public long commitIndex() {
        return log.committed();
    }

    public long appliedIndex() {
        return log.applied();
    }

    public long durableIndex() {
        return log.durable();
    }

    public long lastIndex() {
        return log.lastIndex();
    }

    public long lastTerm() {
        return log.lastTerm();
    }

    /** How many ticks a follower has not heard its leader; 0 if it has none, or is none. */
    public int leaderSilentTicks() {
        return role == Role.FOLLOWER && leaderId != 0 ? follower.silentTicks() : 0;
    }

    /** The epoch of what the last batch has appended; see {@link #onDurable}. */
    public long logEpoch() {
        return ready.logEpoch;
    }

    /** The active configuration: as of the last committed change. */
    public Membership membership() {
        return membership.active();
    }

    /** Whether this member leads and has committed an entry of its term: it knows all that was ever acknowledged. */
    public boolean hasCommittedInTerm() {
        return role == Role.LEADER && leader.hasCommittedInTerm();
    }

    /** To whom leadership is being handed over, 0 if to nobody. */
    public long transferTarget() {
        return role == Role.LEADER ? leader.transfer().target() : 0;
    }

    /** What the leader knows to be durable at a member; -1 if it is none or this is not the leader. */
    public long matchIndex(long peerId) {
        Progress member = role == Role.LEADER ? leader.progress().get(peerId) : null;
        return member == null ? -1 : member.match();
    }

    /** Whether a member has said that it is fit to lead; true as long as this leader has not heard from it. */
    public boolean isFit(long peerId) {
        Progress member = role == Role.LEADER ? leader.progress().get(peerId) : null;
        return member != null && member.isFit();
    }

    // For the roles

    Fitness fitness() {
        return fitness;
    }

    Pledge pledge() {
        return pledge;
    }

    RaftConfig config() {
        return config;
    }

    RaftLog log() {
        return log;
    }

    RaftTrace trace() {
        return trace;
    }

    LeaderRole leader() {
        return leader;
    }

    boolean mayCampaign() {
        return fitness != Fitness.UNFIT
                && !isPledged()
                && membership().isVoter(config.memberId())
                && log.pendingSnapshotIndex() == 0;
    }

    void campaign(boolean byTransfer) {
        if (config.preVote() && !byTransfer) {
            become(Role.PRE_CANDIDATE, 0);
            candidate.begin(false);
        } else {
            becomeCandidate(byTransfer);
        }
    }

    void askAgain() {
        candidate.ask();
    }

    void becomeCandidate(boolean byTransfer) {
        term++;
        vote = config.memberId();
        become(Role.CANDIDATE, 0);
        candidate.begin(byTransfer);
    }

    void becomeLeader() {
        assert durableTerm == term && durableVote == config.memberId() : "leads before its vote is durable";
        become(Role.LEADER, config.memberId());
        leader.begin();
    }

    void becomeFollower(long newTerm, long newLeaderId) {
        assert newTerm >= term;
        if (newTerm > term) {
            term = newTerm;
            vote = 0;
        }
        become(Role.FOLLOWER, newLeaderId);
    }

    private void become(Role newRole, long newLeaderId) {
        if (role == Role.LEADER) {
            leader.end();
        }
        role = newRole;
        leaderId = newLeaderId;
        follower.begin();
        trace.onRole(config.memberId(), role, term);
    }

    void voteFor(long candidateId) {
        assert vote == 0 || vote == candidateId;
        vote = candidateId;
    }

    /** A message of an election. */
    Message sendElection(MessageType type, long to, long messageTerm) {
        return send(type, to, messageTerm).commit(log.committed()).hint(log.term(log.committed()));
    }

    Message send(MessageType type, long to) {
        return send(type, to, term);
    }

    Message send(MessageType type, long to, long messageTerm) {
        return outbox.next().reset(type, config.memberId(), to, messageTerm);
    }

    void commitTo(long logIndex) {
        if (logIndex > log.committed()) {
            log.commitTo(logIndex);
            trace.onCommit(config.memberId(), logIndex, term);
        }
        membership.activate();
    }

    void confirmRead(long requestId, long reader, long readIndex) {
        if (reader == config.memberId()) {
            ready.readIds.addLong(requestId);
            ready.readIndices.addLong(readIndex);
        } else {
            send(MessageType.READ_REPLY, reader).log(readIndex, 0).round(requestId);
        }
    }

    void refuseRead(long requestId, long reader) {
        if (reader == config.memberId()) {
            dropRead(requestId);
        } else {
            send(MessageType.READ_REPLY, reader).round(requestId).flag(true);
        }
    }

    void dropRead(long requestId) {
        ready.droppedReads.addLong(requestId);
    }

    void onMembership() {
        if (role == Role.LEADER) {
            leader.onMembership();
        } else if (role != Role.FOLLOWER && !mayCampaign()) {
            becomeFollower(term, 0);
        }
    }

    boolean isDueToLeaveJoint() {
        return membership.isDueToLeave();
    }

    private boolean roleChanged() {
        return role != shownRole || term != shownTerm || leaderId != shownLeaderId;
    }
}
