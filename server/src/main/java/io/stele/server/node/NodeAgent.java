package io.stele.server.node;

import io.stele.consensus.Role;
import io.stele.consensus.membership.Membership;
import io.stele.storage.file.StorageException;
import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;

/**
 * The single writer: all state of the node changes in {@link #doWork()}, on one thread, in this order.
 *
 * <pre>
 *   poll peers → drain clients → credit forces → tick → step Raft → append → apply
 *              → reply → events to those who watch → slices of long work
 * </pre>
 *
 * The clock is read once a cycle. A gap between cycles (a pause of the process, a collection, a stalled disk under a
 * mapping) is measured here, because everything that is late because of it is late for the same reason.
 */
public final class NodeAgent implements Agent {
    /** Requests taken up in one cycle; bounds how long the other steps wait. */
    private static final int REQUESTS_PER_CYCLE = 512;

    /** Background steps taken at once: compacted versions, index entries, pages. */
    private static final int BACKGROUND_STEPS = 8;

    /** Removals that one step may come to: two versions, in two trees. */
    private static final int REMOVALS_PER_STEP = 4;

    private final NodeState node;
    private final NanoClock clock;
    private final RequestHandler requests;
    private final ReadyHandler readyHandler;
    private final ForwardedRequests forwarded;
    private final PeerTraffic peers;
    private final Roster roster;
    private final MemberRequests members;
    private final Newcomers newcomers;
    private final Introductions introductions;
    private final StateAudit audit;
    private final StateRecovery recovery;
    private final LeaderHealth health;
    private final LeaseKeeper leases;
    private final AutoCompactor compactor;
    private final AlarmKeeper alarms;
    private final Succession succession;
    private final Applier applier;
    private final RangeScans scans;
    private final WatchRequests watches;
    private final Checkpoints checkpoints;
    private final BackgroundPace pace;
    private final long tickNs;
    private long nextTickNs;
    private long lastCycleNs;
    private volatile NodeStatus status = new NodeStatus(false, 0, 0, false, false, false);

    NodeAgent(NodeState node, NanoClock clock, long tickNs, long electionTimeoutNs) {
        this.node = node;
        this.clock = clock;
        this.tickNs = tickNs;
        node.nowNs = clock.nanoTime();
        pace = new BackgroundPace(clock.nanoTime());
        scans = new RangeScans(node, clock);
        watches = new WatchRequests(node, node.watchLimits);
        forwarded = new ForwardedRequests(node, node.link);
        SnapshotSenders snapshots = new SnapshotSenders(node);
        members = new MemberRequests(node);
        leases = new LeaseKeeper(node);
        compactor = new AutoCompactor(node, node.autoCompaction, clock.nanoTime());
        requests = new RequestHandler(node, scans, watches, forwarded, members, leases);
        alarms = new AlarmKeeper(node, requests);
        roster = new Roster(node);
        newcomers = new Newcomers(node, roster);
        introductions = new Introductions(node, newcomers);
        audit = new StateAudit(node, Node.TICKS_PER_HEARTBEAT * tickNs);
        recovery = new StateRecovery(node, scans, snapshots, requests);
        peers = new PeerTraffic(node, forwarded, snapshots, audit, recovery, introductions, newcomers);
        forwarded.requests(requests);
        applier = new Applier(node, members, clock);
        readyHandler = new ReadyHandler(node, applier, requests, peers, scans);
        node.stateReplaced = this::onStateReplaced;
        node.machine.pulse(this::beat);
        health = new LeaderHealth(node, introductions, electionTimeoutNs);
        succession = new Succession(node, health, electionTimeoutNs);
        checkpoints = new Checkpoints(node, snapshots);
    }

    @Override
    public void onStart() {
        lastCycleNs = clock.nanoTime();
        nextTickNs = lastCycleNs;
    }

    @Override
    public int doWork() {
        try {
            return cycle();
        } catch (StorageException e) {
            boolean isPage = e.kind() == StorageException.Kind.CORRUPT && !node.wal.isDamaged();
            if (!isPage || node.soundness.isLost() || !hasOthers()) {
                throw e;
            }
            node.soundness.lose(e.getMessage()); // a damaged page: what depends on it is let go of in the next cycle
            return 1;
        }
    }

    private boolean hasOthers() {
        Membership membership = node.raft.membership();
        return !membership.isEmpty() && !membership.isSoleVoter(node.identity.memberId());
    }

    private int cycle() {
        long nowNs = clock.nanoTime();
        node.nowNs = nowNs;
        node.counters.onCycle(nowNs - lastCycleNs);
        lastCycleNs = nowNs;

        node.store.onlyRemovals(node.space.isExhausted());
        int workCount = peers.doWork();
        if (node.pending.hasRoomFor(REQUESTS_PER_CYCLE)
                && node.raft.uncommittedBytes() <= NodeState.UNCOMMITTED_BYTES_MAX) {
            workCount += node.link.poll(requests, REQUESTS_PER_CYCLE); // else the ring fills and clients wait
        }
        workCount += creditForces();
        workCount += introductions.doWork();
        workCount += health.doWork();
        workCount += tick(nowNs);
        workCount += requests.doWork();
        workCount += requests.requestReadIndex();
        workCount += readyHandler.handleAll();
        workCount += applier.doWork();
        workCount += leases.doWork() + compactor.doWork() + alarms.doWork();
        workCount += watches.deliver();
        workCount += roster.doWork() + newcomers.doWork();
        workCount += node.soundness.isLost() ? 0 : members.doWork(requests);
        workCount += audit.doWork() + recovery.doWork();
        workCount += succession.doWork();
        workCount += node.reads.serve(node.machine.appliedIndex(), requests);
        workCount += forwarded.doWork();
        workCount += node.replies.retry();
        workCount += scans.doWork();
        workCount += watches.catchUp(workCount > 0);
        node.link.flush();
        peers.flush();
        workCount += checkpoints.doWork(nowNs);
        if (node.spaceAgent.isWanted()) {
            node.spaceWaker.wake();
        }
        if (!status.ready() || !node.soundness.serves()) {
            publishStatus();
        }
        if (workCount > 0) {
            pace.onWork(nowNs);
        }
        return workCount + background(nowNs);
    }

    /** What need not be done at once. */
    private int background(long nowNs) {
        if (node.soundness.isLost() || !pace.isDue(nowNs)) {
            return pace.mustStayAwake() ? 1 : 0;
        }
        long beginNs = clock.nanoTime();
        int budget = BACKGROUND_STEPS;
        if (node.space.isExhausted()) {
            // A removal copies pages before it frees any: where that is too much, the next checkpoint frees some.
            budget = node.store.ensureSpace(REMOVALS_PER_STEP, 0) ? 1 : 0;
        }
        int steps = budget == 0 ? 0 : node.machine.doBackgroundWork(budget) + reclaim(budget, nowNs);
        pace.onDone(beginNs, clock.nanoTime(), steps, node.machine.isCompacting());
        return steps;
    }

    private void onStateReplaced() {
        applier.onInstalled(node.machine.appliedIndex());
        watches.onStateReplaced();
        node.machine.pulse(this::beat);
    }

    /**
     * What goes on in the midst of an entry that takes long to apply: this member votes, leads or follows, and others
     * hear of it. Without it whoever deletes a million keys at once would be taken for dead.
     */
    private void beat() {
        long nowNs = clock.nanoTime();
        if (nowNs - node.nowNs < tickNs) {
            return;
        }
        node.nowNs = nowNs;
        peers.listenInHaste();
        creditForces();
        tick(nowNs);
        readyHandler.handleAll();
        peers.flush();
    }

    private int reclaim(int budget, long nowNs) {
        pace.onApplied(node.machine.appliedIndex(), nowNs);
        return pace.isFullSpeed() && !node.store.isReclaimUrgent() ? 0 : node.store.reclaim(budget, pace.isBusy(nowNs));
    }

    private int creditForces() {
        long durable = node.sync.durable();
        if (durable == node.creditedDurable) {
            return 0;
        }
        node.creditedDurable = durable;
        node.raft.onDurable(SyncAgent.index(durable), SyncAgent.epoch(durable, node.logEpoch));
        return 1;
    }

    private int tick(long nowNs) {
        if (nowNs - nextTickNs < 0) {
            return 0;
        }
        publishStatus();
        node.counters.onLeader(node.raft.leaderId());
        nextTickNs += tickNs;
        if (nowNs - nextTickNs >= tickNs) {
            nextTickNs = nowNs + tickNs; // after a pause: time lost is not made up for by ticking faster
        }
        node.raft.tick();
        introductions.callOnSilentLeader();
        return 1;
    }

    private void publishStatus() {
        long appliedIndex = node.machine.appliedIndex();
        boolean led = node.raft.role() == Role.LEADER ? node.raft.hasCommittedInTerm() : node.raft.leaderId() != 0;
        boolean ready = led
                && node.soundness.serves()
                && node.raft.commitIndex() > 0
                && appliedIndex >= node.raft.commitIndex();
        status = new NodeStatus(
                ready,
                node.machine.revision(),
                appliedIndex,
                succession.leadsOthers(),
                roster.isLongRemoved(),
                peers.isTakenForClone());
    }

    /** Asks the node to make another member lead, if it does; any thread. {@link NodeStatus#leads} tells when. */
    void handOver() {
        succession.request();
    }

    /** After how long a cycle is due although nothing wakes the agent; {@code otherwise} if there is no such time. */
    public long dueNs(long otherwise) {
        long restingNs = watches.restingNs();
        return restingNs > 0 ? Math.min(restingNs, otherwise) : otherwise;
    }

    /** Rounds in which the members' states were compared, for tests. */
    long auditCount() {
        return audit.roundCount();
    }

    /** How often it has handed over for its health; for tests. */
    long handOverCount() {
        return succession.handOverCount();
    }

    /** As of the last tick; any thread. */
    NodeStatus status() {
        return status;
    }

    /** The links belong to this thread. */
    @Override
    public void onClose() {
        peers.close();
        CloseHelper.closeAll(node.link, node.peers);
    }

    @Override
    public String roleName() {
        return "stele-node";
    }
}
