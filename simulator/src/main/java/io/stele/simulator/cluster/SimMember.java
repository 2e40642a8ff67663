package io.stele.simulator.cluster;

import io.stele.consensus.Role;
import io.stele.index.HeapKeyIndex;
import io.stele.server.machine.StateMachine;
import io.stele.server.node.Joining;
import io.stele.server.node.Node;
import io.stele.server.node.NodeContext;
import io.stele.simulator.Decision;
import io.stele.simulator.Dice;
import io.stele.simulator.NodeSettings;
import io.stele.simulator.ObservedLink;
import io.stele.simulator.Sometimes;
import io.stele.simulator.check.DiskCheck;
import io.stele.simulator.cluster.check.LogWatch;
import io.stele.simulator.cluster.check.Promises;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.sim.SimCrash;
import io.stele.storage.file.sim.SimDisk;
import io.stele.transport.client.sim.SimClient;
import io.stele.transport.client.sim.SimClientLink;
import io.stele.transport.peer.PeerIdentity;
import io.stele.transport.peer.PeerLink;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** One member through its lives: its disk stays, its process and its clock come and go. */
public final class SimMember {
    private static final long PAGES_PERIOD_NS = 20 * SimTime.MS_NS;

    public final int number;
    public final String name;
    public final SimDisk disk = new SimDisk();
    public final LogWatch log = new LogWatch();
    final MemberRot rot;
    final List<Guest> guests = new ArrayList<>();
    final Joining joining;
    private final ClusterWorld world;
    private final NodeSettings settings;
    private final int nodePlace;
    private final int syncPlace;
    private final int pagesPlace;
    private final SplittableRandom random;
    DiskTrouble trouble;
    private Node node;
    private SimClientLink link;
    private int life;
    private long memberId;
    private long idleNs;
    private long pausedUntilNs;
    private long stalledUntilNs;
    private long appendedPosition;
    private long applied;
    private StateMachine machineSeen;
    private int installCount;
    private long lastTurnNs;
    private long sleptNs;

    private boolean isClosing;

    /** Whether it will not start again. */
    boolean isGone;

    SimMember(ClusterWorld world, int number, long memberId, Joining joining) {
        this.world = world;
        this.number = number;
        this.memberId = memberId;
        this.joining = joining;
        name = "m" + (number + 1);
        rot = new MemberRot(world, this);
        settings = world.options.settings(number);
        random = world.dice.stream(Decision.SCHEDULE, number, 0);
        nodePlace = world.agenda.add(() -> turn(this::moveNode));
        syncPlace = world.agenda.add(() -> turn(this::moveSync));
        pagesPlace = world.agenda.add(() -> turn(this::movePages));
    }

    public Node node() {
        return node;
    }

    public int life() {
        return life;
    }

    public long memberId() {
        return memberId;
    }

    /** Log index up to which its state machine had applied when it last moved. */
    public long applied() {
        return applied;
    }

    /** Snapshots installed in all its lives. */
    int installCount() {
        return installCount;
    }

    boolean isUp() {
        return node != null;
    }

    boolean isLeader() {
        return isUp() && node.raft().role() == Role.LEADER;
    }

    /** Starts its process, if the disk lets it. */
    void boot() {
        if (isUp() || isGone) {
            return;
        }
        life++;
        trouble = new DiskTrouble(world, this);
        turn(() -> {
            rot.look();
            if (!rot.isHarmed()) {
                DiskCheck.beforeStart(disk);
            }
            open();
        });
    }

    private void open() {
        long nowNs = world.time.nanoTime();
        long lifeNumber = life;
        long driftMax = world.options.driftPpmMax;
        SplittableRandom clocks = world.dice.stream(Decision.CLOCK, number, lifeNumber);
        long driftPpm = driftMax == 0 ? 0 : clocks.nextLong(2 * driftMax + 1) - driftMax;
        MemberClock clock = new MemberClock(world.time, 1 + clocks.nextLong(1L << 40), driftPpm);
        idleNs = world.options.heartbeatMs * SimTime.MS_NS / 5;
        stalledUntilNs = 0;
        pausedUntilNs = 0;
        lastTurnNs = nowNs;
        sleptNs = 0;
        world.say(name + ": life " + life + " begins");
        disk.plan(trouble);
        world.onOpening(this);
        ClusterPorts.Place place = new ClusterPorts.Place(number, life);
        SimClientLink newLink = new SimClientLink(settings.clientInFlightMax, settings.clientQueueBytes);
        ObservedLink observed = new ObservedLink(newLink, world.listener(this));
        Node opened = Node.open(settings.tune(new NodeContext())
                .config(world.config(this))
                .joining(() -> joining)
                .files(world.ports.files(disk.mount(), place))
                .index(() -> world.ports.index(new HeapKeyIndex(), place))
                .clients(identity -> world.ports.clients(observed, place))
                .peers(identity -> world.ports.peers(peers(identity), place))
                .clock(world.ports.clock(clock, place))
                .trace(world.raft.trace(this))
                .watchLimits(world.options.watchLimits(number))
                .machine(limits ->
                        world.options.once == null ? limits : limits.sessionsMax(world.options.once.sessionsMax))
                .walRetainedBytes(world.options.walRetainedBytes)
                .seed(Dice.hash(world.dice.seed(), Decision.BOOT, number, lifeNumber) >>> 1 | 1));
        node = opened;
        link = newLink;
        memberId = node.identity().memberId();
        node.nodeAgent().onStart();
        appendedPosition = -1;
        applied = node.machine().appliedIndex();
        machineSeen = node.machine();
        world.onOpened(this);
        world.agenda.set(nodePlace, nowNs + random.nextLong(idleNs));
        world.agenda.set(syncPlace, nowNs + world.options.forceNs);
        world.agenda.set(pagesPlace, nowNs + random.nextLong(PAGES_PERIOD_NS));
    }

    private PeerLink peers(PeerIdentity identity) {
        memberId = identity.memberId();
        return new ObservedPeers(
                world.network.open(identity), new Promises(this, world.raft, () -> trouble.takeVoteForced()));
    }

    SimClient connect() {
        return link.connect();
    }

    /** Something has come for it. */
    void wake(long timeNs) {
        if (isUp()) {
            world.agenda.sooner(nodePlace, timeNs);
        }
    }

    void pause(long untilNs) {
        pausedUntilNs = untilNs;
    }

    void stall(long untilNs) {
        stalledUntilNs = untilNs;
    }

    private void turn(Runnable move) {
        try {
            move.run();
        } catch (SimCrash crash) {
            tellApplied();
            world.say(name + ": " + crash.getMessage());
            endSuddenly();
        } catch (StorageException e) {
            tellApplied();
            world.onStopped(this, e);
            endSuddenly();
        }
    }

    private boolean isLate(int place, long untilNs) {
        if (untilNs > world.time.nanoTime()) {
            world.agenda.set(place, untilNs);
            return true;
        }
        return false;
    }

    private void moveNode() {
        if (!isUp() || isLate(nodePlace, pausedUntilNs)) {
            return;
        }
        noteGap();
        world.onNodeTurn(this);
        int work = node.nodeAgent().doWork();
        long nowNs = world.time.nanoTime();
        observe();
        if (node.log().appendedPosition() != appendedPosition) {
            appendedPosition = node.log().appendedPosition();
            if (world.agenda.timeOf(syncPlace) == Agenda.NEVER) {
                world.agenda.set(syncPlace, nowNs + ClusterOptions.around(random, world.options.forceNs));
            }
        }
        if (node.log().wantsWork()) {
            world.agenda.sooner(pagesPlace, nowNs + world.options.forceNs);
        }
        long waitNs = work > 0 ? world.options.cycleNs : node.nodeAgent().dueNs(idleNs);
        world.agenda.sooner(nodePlace, nowNs + waitNs);
        for (int i = 0; i < guests.size(); i++) {
            guests.get(i).receive();
        }
    }

    /** A process that was not run for half an election timeout, by any clock, has slept: its leases have too. */
    private void noteGap() {
        sleptNs += gapNs();
        lastTurnNs = world.time.nanoTime();
    }

    /** How long ago its last turn was, if that is long. */
    private long gapNs() {
        long sinceNs = world.time.nanoTime() - lastTurnNs;
        long longNs = world.options.electionMs * SimTime.MS_NS / 2;
        return sinceNs > longNs + longNs * world.options.driftPpmMax / 1_000_000 + SimTime.MS_NS ? sinceNs : 0;
    }

    /** For how long it has stood still in this life, up to now. */
    long sleptNs() {
        return sleptNs + gapNs();
    }

    boolean isPaused() {
        return pausedUntilNs > world.time.nanoTime();
    }

    private void observe() {
        long now = node.machine().appliedIndex();
        if (node.machine() != machineSeen) {
            machineSeen = node.machine();
            applied = machineSeen.installedIndex();
            installCount++;
            world.onInstalled(this, applied);
        }
        long from = applied;
        applied = now;
        world.onMoved(this, from, now);
    }

    /** Its last turn was cut short, but what it had applied in it may have been answered already. */
    private void tellApplied() {
        if (node != null && node.machine() == machineSeen) {
            long from = applied;
            applied = Math.max(from, node.machine().appliedIndex());
            world.onApplied(this, from, applied);
        }
    }

    private void moveSync() {
        if (!isUp() || isLate(syncPlace, Math.max(pausedUntilNs, stalledUntilNs))) {
            return;
        }
        if (node.syncAgent().doWork() > 0) {
            wake(world.time.nanoTime());
        }
    }

    private void movePages() {
        if (!isUp() || isLate(pagesPlace, Math.max(pausedUntilNs, stalledUntilNs))) {
            return;
        }
        int work = node.spaceAgent().doWork() + node.checkpointAgent().doWork();
        long nowNs = world.time.nanoTime();
        if (work > 0) {
            wake(nowNs);
        }
        world.agenda.sooner(
                pagesPlace,
                nowNs + (work > 0 ? ClusterOptions.around(random, world.options.forceNs) : PAGES_PERIOD_NS));
    }

    /** The machine loses its power. */
    void powerCut() {
        end("power cut", () -> disk.crash(random.nextLong()));
    }

    /** The process ends at once; the machine goes on. */
    void kill() {
        world.coverage.note(Sometimes.PROCESS_KILLED);
        end("killed", disk::kill);
    }

    /**
     * The power goes, or only the process. After a force of mapped pages has failed the power always goes: see the
     * same in the world of one node.
     */
    private void endSuddenly() {
        if (random.nextBoolean() || trouble.pageSyncFailed()) {
            powerCut();
        } else {
            kill();
        }
    }

    private void end(String how, Runnable onDisk) {
        world.coverage.crash();
        if (!isClosing) {
            world.onEnding(this);
        }
        world.say(name + ": " + how);
        forget();
        onDisk.run();
        world.ports.afterCrash(disk, new ClusterPorts.Place(number, life));
        disk.quota(Long.MAX_VALUE);
        world.onEnded(this);
    }

    /** Stops in good order. */
    void close() {
        if (!isUp()) {
            return;
        }
        turn(() -> {
            world.coverage.note(Sometimes.CLEAN_STOP);
            world.onEnding(this);
            isClosing = true;
            node.nodeAgent().onClose();
            node.closeCleanly();
            node.close();
            log.onAllForced();
            world.say(name + ": clean stop");
            forget();
            disk.quota(Long.MAX_VALUE);
            world.onEnded(this);
        });
    }

    private void forget() {
        if (memberId != 0) {
            world.network.drop(memberId);
        }
        isClosing = false;
        node = null;
        link = null;
        machineSeen = null;
        world.agenda.set(nodePlace, Agenda.NEVER);
        world.agenda.set(syncPlace, Agenda.NEVER);
        world.agenda.set(pagesPlace, Agenda.NEVER);
        for (Guest guest : new ArrayList<>(guests)) {
            guest.lose();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
