package io.stele.server.node;

import io.stele.consensus.Role;
import io.stele.consensus.log.Entry;
import io.stele.server.lease.LeaseClock;
import io.stele.server.lease.LeaseTimers;
import io.stele.server.lease.LeaseTimers.State;
import io.stele.server.machine.LeaseObserver;
import io.stele.server.machine.LeaseRecord;
import io.stele.server.machine.StateMachine;
import io.stele.transport.codec.LeaseExpireRequestEncoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import java.util.concurrent.TimeUnit;
import org.agrona.ExpandableArrayBuffer;

/**
 * The leader's side of leases: it alone knows their time, and proposes their end.
 *
 * <pre>
 *   begins to lead          all leases are taken up from the state, in slices: each has what the last checkpoint left
 *                           it (all of it, mostly), and an election timeout more: longer than before, never shorter
 *   a grant is applied      its time begins
 *   a keep-alive comes      its time begins anew (see {@link LeaseRequests})
 *   its time is up          its end is proposed; it is over when that is applied, for which the term must still be the
 *                           same (rule R11). What is renewed before it is proposed is not; what comes after that waits
 *   a long one grows old    what it has left is proposed to be written down, so that a later leader does not begin anew
 *   leads no more           everything here is forgotten
 * </pre>
 */
final class LeaseKeeper implements LeaseObserver, LeaseTimers.Handler {
    /** Leases taken up, or timers looked at, in one duty cycle. */
    private static final int STEPS_PER_CYCLE = 512;

    /** Ends proposed and not applied: a million leases that end together must not stand in the way of everything. */
    private static final int EXPIRING_MAX = 256;

    /** What waits for an outcome that does not come is looked at again. */
    private static final long RETRY_MS = 1000;

    private final NodeState node;
    private final LeaseCheckpoints checkpoints;
    private final LeaseRecord record = new LeaseRecord();
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(128);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final LeaseExpireRequestEncoder expire = new LeaseExpireRequestEncoder();
    private LeaseTimers timers;
    private LeaseClock clock;
    private StateMachine machine;
    private long term;
    private long graceMs;
    private long nextToLoad;
    private boolean isLoaded;
    private int expiringCount;
    private long outcomeCount;
    private boolean hasPaused;

    LeaseKeeper(NodeState node) {
        this.node = node;
        checkpoints = new LeaseCheckpoints(node);
    }

    /** Whether this member leads, has applied all that was before, and so knows all leases. */
    @SuppressWarnings("ReferenceEquality") // a state that was healed is another one
    boolean isActive() {
        return timers != null && term == node.raft.term() && node.raft.role() == Role.LEADER && machine == node.machine;
    }

    LeaseTimers timers() {
        return timers;
    }

    LeaseClock clock() {
        return clock;
    }

    /** Grows whenever something is decided that a keep-alive may wait for. */
    long outcomeCount() {
        return outcomeCount;
    }

    /** Whether the process has paused since this was last asked: leadership is to be confirmed. */
    boolean takePaused() {
        boolean paused = hasPaused;
        hasPaused = false;
        return paused;
    }

    /** Leadership could not be confirmed, and is not lost for sure. */
    void askAgain() {
        hasPaused = true;
    }

    int doWork() {
        if (timers != null && !isActive()) {
            end();
        }
        if (timers == null) {
            if (node.raft.role() != Role.LEADER || node.machine.appliedTerm() != node.raft.term()) {
                return 0;
            }
            begin();
        }
        hasPaused |= clock.advance(node.nowNs);
        int workCount = load();
        workCount += timers.poll(clock.nowMs(), STEPS_PER_CYCLE, this);
        workCount += proposeExpiries();
        return workCount + checkpoints.propose(clock.nowMs());
    }

    private void begin() {
        timers = new LeaseTimers();
        clock = new LeaseClock(node.electionTimeoutNs / 2, node.nowNs);
        term = node.raft.term();
        graceMs = TimeUnit.NANOSECONDS.toMillis(node.electionTimeoutNs);
        nextToLoad = 0;
        isLoaded = false;
        expiringCount = 0;
        hasPaused = false;
        checkpoints.begin();
        machine = node.machine;
        machine.leaseObserver(this);
    }

    private void end() {
        machine.leaseObserver(LeaseObserver.NONE);
        machine = null;
        timers = null;
        clock = null;
        outcomeCount++;
    }

    /** Takes up some of the leases that were there before. */
    private int load() {
        if (isLoaded) {
            return 0;
        }
        int count = node.machine.visitLeases(nextToLoad, STEPS_PER_CYCLE, lease -> {
            nextToLoad = lease.leaseId() + 1;
            takeUp(lease);
        });
        isLoaded = count < STEPS_PER_CYCLE || nextToLoad == 0;
        return count;
    }

    private int takeUp(LeaseRecord lease) {
        int slot = timers.find(lease.leaseId());
        if (slot == LeaseTimers.NONE) {
            long nowMs = clock.nowMs();
            long deadlineMs = nowMs + TimeUnit.SECONDS.toMillis(lease.remaining()) + graceMs;
            slot = timers.add(lease.leaseId(), lease.ttl(), deadlineMs, checkpoints.nextMs(nowMs, lease.ttl()));
            timers.checkpointed(slot, lease.remaining() < lease.ttl());
        }
        return slot;
    }

    /** The slot of a lease, which may not have been taken up yet; {@link LeaseTimers#NONE} if there is none. */
    int find(long leaseId) {
        int slot = timers.find(leaseId);
        return slot == LeaseTimers.NONE && !isLoaded && node.machine.findLease(leaseId, record) ? takeUp(record) : slot;
    }

    /** Its time begins anew. */
    void renew(int slot) {
        long nowMs = clock.nowMs();
        long ttl = timers.ttl(slot);
        timers.renew(slot, nowMs + TimeUnit.SECONDS.toMillis(ttl), checkpoints.nextMs(nowMs, ttl));
    }

    /** A later leader would not know of a renewal, and give it less: the log must say it first. */
    boolean renewThroughLog(int slot) {
        if (!checkpoints.addRenewal(timers.leaseId(slot))) {
            return false;
        }
        timers.state(slot, State.RENEWING);
        timers.stop(slot);
        timers.schedule(slot, clock.nowMs() + RETRY_MS);
        return true;
    }

    /** Seconds that it has left, as etcd counts them. */
    long secondsLeft(int slot) {
        return Math.max(0, TimeUnit.MILLISECONDS.toSeconds(timers.deadlineMs(slot) - clock.nowMs()));
    }

    @Override
    public void onTimer(int slot) {
        long nowMs = clock.nowMs();
        if (timers.state(slot) == State.RENEWING) {
            timers.schedule(slot, nowMs + RETRY_MS);
        } else if (nowMs >= timers.deadlineMs(slot)) {
            timers.makeDue(slot);
        } else {
            if (nowMs >= timers.checkpointMs(slot)) {
                timers.checkpointed(slot, true);
                timers.checkpointMs(slot, checkpoints.nextMs(nowMs, timers.ttl(slot)));
                checkpoints.add(timers.leaseId(slot), timers.deadlineMs(slot) - nowMs, nowMs);
            }
            timers.schedule(slot);
        }
    }

    private int proposeExpiries() {
        int count = 0;
        int slot = timers.firstDue();
        while (slot != LeaseTimers.NONE && expiringCount < EXPIRING_MAX && mayExpire() && propose(slot)) {
            timers.stop(slot);
            timers.state(slot, State.EXPIRING);
            expiringCount++;
            count++;
            slot = timers.firstDue();
        }
        return count;
    }

    /** Nothing ends by a state that may be wrong. */
    private boolean mayExpire() {
        return clock.mayExpire() && node.soundness.serves();
    }

    private boolean propose(int slot) {
        boolean found = node.machine.findLease(timers.leaseId(slot), record);
        assert found : "what ends is told here";
        expire.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(0)
                .sessionId(0)
                .sequence(0)
                .term(term)
                .leaseId(record.leaseId())
                .epoch(record.epoch());
        return node.mayPropose(buffer, 0, expire.limit())
                && node.raft.propose(Entry.COMMAND, buffer, 0, expire.limit()) > 0;
    }

    @Override
    public void onGranted(LeaseRecord lease) {
        long nowMs = clock.nowMs();
        long deadlineMs = nowMs + TimeUnit.SECONDS.toMillis(lease.ttl());
        timers.add(lease.leaseId(), lease.ttl(), deadlineMs, checkpoints.nextMs(nowMs, lease.ttl()));
    }

    @Override
    public void onCheckpointed(LeaseRecord lease) {
        int slot = timers.find(lease.leaseId());
        if (slot != LeaseTimers.NONE && lease.remaining() == lease.ttl() && timers.state(slot) == State.RENEWING) {
            timers.state(slot, State.LIVE);
            timers.checkpointed(slot, false);
            renew(slot);
            timers.schedule(slot);
            outcomeCount++;
        }
    }

    @Override
    public void onEnded(long leaseId) {
        int slot = timers.find(leaseId);
        if (slot != LeaseTimers.NONE) {
            expiringCount -= timers.state(slot) == State.EXPIRING ? 1 : 0;
            timers.remove(slot);
        }
        outcomeCount++;
    }

    @Override
    public long msLeft(LeaseRecord lease) {
        int slot = timers.find(lease.leaseId());
        return slot == LeaseTimers.NONE ? NONE.msLeft(lease) : timers.deadlineMs(slot) - clock.nowMs();
    }

    @Override
    public void onExpiryRefused(long leaseId) {
        int slot = timers.find(leaseId);
        if (slot != LeaseTimers.NONE && timers.state(slot) == State.EXPIRING) {
            expiringCount--;
            timers.state(slot, State.LIVE);
            timers.schedule(slot);
        }
        outcomeCount++;
    }
}
