package io.stele.simulator.cluster;

import io.stele.server.config.AutoCompaction;
import io.stele.server.config.ClusterConfig;
import io.stele.server.config.FaceConfig;
import io.stele.server.config.InitialMember;
import io.stele.server.config.ListenUrl;
import io.stele.server.config.ServerConfig;
import io.stele.server.config.ThreadingMode;
import io.stele.server.node.Joining;
import io.stele.server.node.NodeIdentity;
import io.stele.simulator.Coverage;
import io.stele.simulator.Dice;
import io.stele.simulator.NodeSettings;
import io.stele.simulator.ObservedLink;
import io.stele.simulator.Sometimes;
import io.stele.simulator.Timeline;
import io.stele.simulator.Violation;
import io.stele.simulator.check.CommittedPrefix;
import io.stele.simulator.check.DiskCheck;
import io.stele.simulator.cluster.check.ClusterAnswers;
import io.stele.simulator.cluster.check.Divergence;
import io.stele.simulator.cluster.check.LeaseCheck;
import io.stele.simulator.cluster.check.LockCheck;
import io.stele.simulator.cluster.check.RaftChecks;
import io.stele.simulator.model.ReferenceModel;
import io.stele.storage.file.StorageException;
import io.stele.transport.peer.sim.SimPeerNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * All members, the network between them and the clients around them, moved by one thread. Whatever happens is told to
 * the checks here.
 */
public final class ClusterWorld {
    private static final long LEASE_LOOK_NS = 100 * SimTime.MS_NS;

    final Dice dice;
    final ClusterOptions options;
    final ClusterPorts ports;
    final SimTime time = new SimTime();
    final Agenda agenda = new Agenda(time);
    public final Coverage coverage = new Coverage();
    public final Timeline timeline;
    final Weather weather;
    final SimPeerNetwork network;
    final List<SimMember> members = new ArrayList<>();
    final List<ClusterClient> clients = new ArrayList<>();
    final List<WatchClient> watchers = new ArrayList<>();
    final List<LeaseClient> holders = new ArrayList<>();
    final List<OnceClient> writers = new ArrayList<>();
    final CommittedPrefix prefix = new CommittedPrefix();
    final RaftChecks raft;
    final ClusterAnswers answers;
    final LeaseCheck leases;
    final LockCheck locks = new LockCheck();
    private final Divergence divergence = new Divergence();
    private final List<InitialMember> initial = new ArrayList<>();
    private int leasePlace;
    private long turnCount;
    private long lastCorrelationId;

    /** Told of members that have ended. */
    Consumer<SimMember> onEnded = member -> {};

    ClusterWorld(Dice dice, ClusterOptions options, ClusterPorts ports, Consumer<String> listener) {
        this.dice = dice;
        this.options = options;
        this.ports = ports;
        timeline = new Timeline(time, listener);
        weather = new Weather(this, options.weather);
        network = new SimPeerNetwork(time, weather);
        raft = new RaftChecks(this::memberById, coverage);
        ReferenceModel model =
                options.once == null ? new ReferenceModel() : new ReferenceModel(options.once.sessionsMax);
        answers = new ClusterAnswers(model, prefix, coverage);
        leases = new LeaseCheck(
                time, answers.model(), coverage, options.driftPpmMax, options.electionMs * SimTime.MS_NS);
        for (int i = 0; i < options.memberCount; i++) {
            String name = "m" + (i + 1);
            initial.add(new InitialMember(name, List.of(new ListenUrl(name, 2380))));
        }
        for (int i = 0; i < options.memberCount; i++) {
            members.add(new SimMember(this, i, NodeIdentity.memberId("sim", initial.get(i)), null));
        }
        for (int i = 0; i < options.workload.clientCount; i++) {
            clients.add(new ClusterClient(this, i));
        }
        for (int i = 0; options.watches != null && i < options.watches.clientCount; i++) {
            watchers.add(new WatchClient(this, i));
        }
        for (int i = 0; options.leases != null && i < options.leases.clientCount; i++) {
            holders.add(new LeaseClient(this, i));
        }
        for (int i = 0; options.once != null && i < options.once.clientCount; i++) {
            writers.add(new OnceClient(this, i));
        }
        if (options.leases != null) {
            leasePlace = agenda.add(this::observeLeases);
            agenda.set(leasePlace, time.nanoTime() + LEASE_LOOK_NS);
        }
    }

    /** A line for people. */
    void say(String line) {
        timeline.say(line);
    }

    /** Another member, which the others have been told of. */
    SimMember join(long memberId, Joining joining) {
        SimMember member = new SimMember(this, members.size(), memberId, joining);
        members.add(member);
        member.boot();
        return member;
    }

    SimMember memberById(long memberId) {
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).memberId() == memberId) {
                return members.get(i);
            }
        }
        return null;
    }

    List<SimMember> up() {
        List<SimMember> up = new ArrayList<>();
        for (SimMember member : members) {
            if (member.isUp()) {
                up.add(member);
            }
        }
        return up;
    }

    /** Who leads, to the knowledge of the one who does; the one of the newest term; null if nobody does. */
    SimMember leader() {
        SimMember leader = null;
        for (SimMember member : members) {
            boolean leads = member.isLeader();
            if (leads
                    && (leader == null
                            || member.node().raft().term()
                                    > leader.node().raft().term())) {
                leader = member;
            }
        }
        return leader;
    }

    void wake(SimMember member, long timeNs) {
        member.wake(timeNs);
    }

    long nextCorrelationId() {
        return ++lastCorrelationId;
    }

    ServerConfig config(SimMember member) {
        ListenUrl client = new ListenUrl("127.0.0.1", 2379);
        List<ListenUrl> peer = List.of(new ListenUrl(member.name, 2380));
        List<InitialMember> known = new ArrayList<>(initial);
        boolean joins = member.joining != null;
        if (joins) {
            known.add(new InitialMember(member.name, peer));
        }
        return new ServerConfig(
                member.name,
                Path.of(member.name),
                List.of(client),
                List.of(client),
                new ClusterConfig("sim", peer, peer, known, joins),
                options.heartbeatMs,
                options.electionMs,
                NodeSettings.MAX_REQUEST_BYTES,
                ServerConfig.MAX_TXN_OPS_DEFAULT,
                ServerConfig.CHECKPOINT_BYTES_DEFAULT,
                ServerConfig.WAL_SEGMENT_BYTES_DEFAULT,
                0,
                1,
                ThreadingMode.INVOKER,
                AutoCompaction.OFF,
                ServerConfig.WATCH_PROGRESS_NOTIFY_MS_DEFAULT,
                FaceConfig.DEFAULT,
                "off");
    }

    ObservedLink.Listener listener(SimMember member) {
        return new ObservedLink.Listener() {
            @Override
            public void onAnswerBegun(long correlationId, boolean isLate) {
                answers.onAnswerBegun(member.node().machine().appliedIndex(), correlationId, isLate);
            }

            @Override
            public void onBackPressure() {
                coverage.note(Sometimes.CLIENT_BACK_PRESSURED);
            }
        };
    }

    // What members tell of themselves

    void onOpening(SimMember member) {
        raft.onOpening(member);
    }

    void onOpened(SimMember member) {
        timeline.fold(member.number);
        timeline.fold(member.node().log().lastIndex());
        if (member.applied() > prefix.lastIndex()) {
            throw new Violation(
                    "atomicity",
                    member + " has the state of entry " + member.applied() + ", the last one applied was "
                            + prefix.lastIndex());
        }
        member.rot.onOpened();
        raft.onOpened(member);
        divergence.check(member);
        if (member.rot.isHarmed()) {
            noteHarm(member);
        } else {
            DiskCheck.running(member.node());
        }
        say(member + ": recovered the state of entry " + member.applied() + ", log from "
                + member.node().log().firstIndex() + " to "
                + member.node().log().lastIndex());
        if (member.node().log().lastIndex() > member.applied()) {
            coverage.note(Sometimes.RESTART_REPLAYED_LOG);
        }
    }

    private void noteHarm(SimMember member) {
        if (member.node().machine().members().membership().isEmpty()) {
            coverage.note(Sometimes.ROT_COST_STATE);
        }
    }

    void onNodeTurn(SimMember member) {
        timeline.step(++turnCount);
        timeline.fold(member.number);
    }

    void onInstalled(SimMember member, long logIndex) {
        say(member + ": installed a snapshot as of entry " + logIndex);
        coverage.note(Sometimes.SNAPSHOT_INSTALLED);
        if (logIndex > prefix.lastIndex()) {
            throw new Violation(
                    "snapshot", member + " installed the state of entry " + logIndex + ", which nobody has applied");
        }
    }

    /** A member's cycle is over: it has applied the entries behind {@code from}. */
    void onMoved(SimMember member, long from, long to) {
        raft.onMoved(member);
        onApplied(member, from, to);
        if (to != from) {
            divergence.check(member);
        }
    }

    /** A member has applied the entries behind {@code from}. */
    void onApplied(SimMember member, long from, long to) {
        for (long logIndex = from + 1; logIndex <= to; logIndex++) {
            if (prefix.onApplied(member.node().log(), logIndex)) {
                answers.onApplied(logIndex, prefix.entry(logIndex));
                leases.onApplied(prefix.entry(logIndex));
                timeline.fold(logIndex);
            }
        }
    }

    /** A node gave up: it may, if its disk has failed. */
    void onStopped(SimMember member, StorageException e) {
        boolean isFull = e.kind() == StorageException.Kind.NO_SPACE;
        boolean isRotten = member.rot.explains(e);
        boolean hasCause = member.trouble.errorHappened() || (isFull && member.disk.isLimited()) || isRotten;
        if (!hasCause) {
            throw new Violation("no failure without a cause", member + ": " + e.getMessage(), e);
        }
        if (isRotten) {
            say(member + " stops: " + e.getMessage());
            return;
        }
        coverage.note(isFull ? Sometimes.NO_SPACE_STOPPED_NODE : Sometimes.ERROR_STOPPED_NODE);
        say(member + " stops: " + e.getMessage());
    }

    void onEnding(SimMember member) {
        if (member.isUp()) {
            raft.onEnding(member);
        }
    }

    void onEnded(SimMember member) {
        onEnded.accept(member);
    }

    /** Looks who leads, and since when, and whether it lets leases live for too long. */
    private void observeLeases() {
        agenda.set(leasePlace, time.nanoTime() + LEASE_LOOK_NS);
        SimMember leader = leader();
        if (leader == null || !leader.node().raft().hasCommittedInTerm()) {
            leases.observe(null, false);
            return;
        }
        var raft = leader.node().raft();
        boolean isFree = raft.commitIndex() == raft.lastIndex()
                && leader.applied() == raft.commitIndex()
                && raft.commitIndex() == prefix.lastIndex()
                && !leader.isPaused()
                && !leader.node().isOutOfSpace();
        leases.observe(
                new LeaseCheck.Leader(leader.number, leader.life(), raft.term(), time.nanoTime(), leader.sleptNs()),
                isFree);
    }

    // The run

    /** Everybody in his turn until that time. */
    void runTo(long timeNs) {
        boolean[] over = new boolean[1];
        agenda.once(timeNs, () -> over[0] = true);
        while (!over[0]) {
            agenda.takeNext();
        }
    }

    /** Everybody in his turn until it is so; it has to be so within that time. */
    void runUntil(String what, long withinNs, BooleanSupplier condition) {
        long deadlineNs = time.nanoTime() + withinNs;
        while (!condition.getAsBoolean()) {
            if (time.nanoTime() > deadlineNs) {
                throw new Violation(
                        "liveness", "not within " + withinNs / SimTime.MS_NS + " ms: " + what + ": " + describe());
            }
            agenda.takeNext();
        }
    }

    String describe() {
        StringBuilder text = new StringBuilder();
        for (SimMember member : members) {
            text.append("\n    ").append(member).append(": ");
            if (member.isUp()) {
                var node = member.node();
                text.append(node.raft().role())
                        .append(" term ")
                        .append(node.raft().term())
                        .append(" log ")
                        .append(node.log().firstIndex())
                        .append("..")
                        .append(node.log().lastIndex())
                        .append(" commit ")
                        .append(node.raft().commitIndex())
                        .append(" applied ")
                        .append(node.machine().appliedIndex())
                        .append(" members ")
                        .append(node.raft().membership());
            } else {
                text.append(member.isGone ? "gone" : "down");
            }
        }
        watchers.forEach(watcher -> text.append(watcher.describe()));
        return text.append("\n    applied by anyone: ")
                .append(prefix.lastIndex())
                .toString();
    }

    void noteRun() {
        coverage.run(turnCount, time.nanoTime() - SimTime.BEGIN_NS);
        answers.noteLost();
    }

    SplittableRandom random(io.stele.simulator.Decision kind, long lane) {
        return dice.stream(kind, lane, turnCount);
    }
}
