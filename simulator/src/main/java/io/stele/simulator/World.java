package io.stele.simulator;

import io.stele.index.HeapKeyIndex;
import io.stele.server.node.Node;
import io.stele.server.node.NodeContext;
import io.stele.simulator.check.Answers;
import io.stele.simulator.check.CommittedPrefix;
import io.stele.simulator.check.DiskCheck;
import io.stele.simulator.model.ReferenceModel;
import io.stele.simulator.workload.Call;
import io.stele.simulator.workload.Session;
import io.stele.storage.file.sim.DiskFault;
import io.stele.storage.file.sim.SimDisk;
import io.stele.transport.client.sim.SimClientLink;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One node, its disk, its clock and its clients, all moved by one thread. Whoever drives the world decides who moves
 * next; whatever happens is checked here.
 *
 * <p>A {@link io.stele.storage.file.sim.SimCrash} or an exception of the node leaves through the method that moved it.
 * The driver then says what has become of the machine: {@link #powerCut}, {@link #kill}.
 */
public final class World {
    /** Who can be moved. */
    enum Actor {
        BOOT,
        NODE,
        SYNC,
        CHECKPOINT
    }

    /** Rounds in which a node without faults has to have done anything that it is asked for. */
    private static final int ROUNDS_MAX = 20_000;

    private static final long ROUND_NS = 1_000_000;

    public final Timeline timeline;
    public final Coverage coverage = new Coverage();
    final NodeSettings settings;
    final Ports ports;
    SimDisk disk = new SimDisk();
    final SimClock clock = new SimClock();
    final CommittedPrefix prefix = new CommittedPrefix();
    public final Answers answers = new Answers(new ReferenceModel(), coverage);
    final List<Session> sessions = new ArrayList<>();
    Actor stepping = Actor.BOOT;
    Injection injection;
    private Node node;
    private SimClientLink link;
    private int life;
    private long lastCorrelationId;
    private long applied;
    private long compactRevision = -1;
    private long appendedBeforeEnd;
    private long logLength;
    private long harmfulCall;
    private DiskFault harm = DiskFault.NONE;
    private long callsBefore;
    private boolean rootPublished;
    private long stepCount;

    public World(NodeSettings settings, Ports ports, int clientCount, Consumer<String> listener) {
        this.settings = settings;
        this.ports = ports;
        timeline = new Timeline(clock, listener);
        for (int i = 0; i < clientCount; i++) {
            sessions.add(new Session(i, answers, timeline));
        }
    }

    int life() {
        return life;
    }

    long stepCount() {
        return stepCount;
    }

    public Node node() {
        return node;
    }

    boolean isUp() {
        return node != null;
    }

    /** Starts the node; no harm is done to it, but for what {@link #harm} has arranged. */
    public void boot() {
        boot(Injection.Target.ANY, 0, DiskFault.NONE);
    }

    /** Starts the node, with harm to be done at one call of its disk. */
    void boot(Injection.Target target, long faultyCall, DiskFault fault) {
        DiskCheck.beforeStart(disk);
        bootUnchecked(target, faultyCall, fault);
        DiskCheck.running(node);
    }

    /** Starts the node on a disk that may be rotten. */
    void bootUnchecked(Injection.Target target, long faultyCall, DiskFault fault) {
        assert node == null;
        life++;
        stepping = Actor.BOOT;
        callsBefore += disk.callCount();
        disk.resetCallCount();
        injection = harmfulCall > callsBefore
                ? new Injection(this, Injection.Target.ANY, harmfulCall - callsBefore, harm)
                : new Injection(this, target, faultyCall, fault);
        disk.plan(injection);
        timeline.say("life " + life + " begins");
        SimClientLink newLink = new SimClientLink(settings.clientInFlightMax, settings.clientQueueBytes);
        Node opened = Node.open(context(newLink));
        node = opened;
        link = newLink;
        node.nodeAgent().onStart();
        applied = node.machine().appliedIndex();
        prefix.onRecovered(node.log(), applied);
        if (node.log().lastIndex() > applied) {
            coverage.note(Sometimes.RESTART_REPLAYED_LOG);
        }
        if (node.log().lastIndex() < appendedBeforeEnd) {
            coverage.note(Sometimes.TORN_TAIL_CUT);
        }
        appendedBeforeEnd = 0;
        logLength = node.log().lengthInBytes();
        timeline.fold(node.log().lastIndex());
        timeline.say("recovered: state of entry " + applied + ", log to "
                + node.log().lastIndex() + ", " + prefix.lastIndex() + " were applied before");
        for (Session session : sessions) {
            session.connect(link.connect());
        }
    }

    private NodeContext context(SimClientLink newLink) {
        ObservedLink observed = new ObservedLink(newLink, new ObservedLink.Listener() {
            @Override
            public void onAnswerBegun(long correlationId, boolean isLate) {
                answers.onAnswerBegun(correlationId, isLate);
            }

            @Override
            public void onBackPressure() {
                coverage.note(Sometimes.CLIENT_BACK_PRESSURED);
            }
        });
        return settings.tune(new NodeContext())
                .files(ports.files(disk.mount(), life))
                .index(() -> ports.index(new HeapKeyIndex()))
                .clients(identity -> ports.clients(observed))
                .clock(clock)
                .seed(life);
    }

    /** One duty cycle of one agent. */
    int step(Actor actor) {
        stepCount++;
        stepping = actor;
        timeline.step(stepCount);
        timeline.fold(actor.name());
        return switch (actor) {
            case NODE -> stepNode();
            case SYNC -> stepSync();
            case CHECKPOINT -> stepCheckpoint();
            case BOOT -> throw new IllegalArgumentException("no agent");
        };
    }

    private int stepNode() {
        if (rootPublished) {
            coverage.note(Sometimes.CHECKPOINT_COMPLETED);
        }
        answers.onCycleBegin(applied >= prefix.lastIndex());
        int work = node.nodeAgent().doWork();
        rootPublished = false;
        if (node.log().lengthInBytes() > logLength) {
            coverage.note(Sometimes.SEGMENT_ROLLED);
        }
        logLength = node.log().lengthInBytes();
        observe();
        return work;
    }

    private int stepSync() {
        long before = disk.syncCount();
        long entries = node.log().lastIndex() - applied;
        int work = node.syncAgent().doWork();
        if (disk.syncCount() > before && entries > 1) {
            coverage.note(Sometimes.GROUP_COMMIT);
        }
        return work;
    }

    private int stepCheckpoint() {
        injection.takeRootWrites();
        int work = node.spaceAgent().doWork() + node.checkpointAgent().doWork();
        rootPublished |= injection.takeRootWrites() >= 2;
        return work;
    }

    /** Looks at what the node's cycle has applied, steps the model, and takes down what is answered now. */
    private void observe() {
        long now = node.machine().appliedIndex();
        for (long logIndex = applied + 1; logIndex <= now; logIndex++) {
            if (prefix.onApplied(node.log(), logIndex)) {
                answers.onApplied(logIndex, prefix.entry(logIndex));
            }
        }
        if (now != applied) {
            timeline.fold(now);
            timeline.say("applied to " + now);
        }
        applied = now;
        boolean isCurrent = applied == prefix.lastIndex();
        answers.onCycleEnd(isCurrent);
        if (isCurrent) {
            compare("revision", node.machine().revision(), answers.model().revision());
            compare(
                    "compact revision",
                    node.machine().compactRevision(),
                    answers.model().compactRevision());
        }
        if (node.machine().compactRevision() < compactRevision && isCurrent) {
            throw new Violation(
                    "compact revision", "went back to " + node.machine().compactRevision());
        }
        compactRevision = Math.max(compactRevision, node.machine().compactRevision());
    }

    private static void compare(String what, long found, long expected) {
        if (found != expected) {
            throw new Violation(what, "is " + found + ", the model has " + expected);
        }
    }

    /** A request of one client; correlation ids are given here. */
    public void send(Session session, java.util.function.LongFunction<Call> maker) {
        session.send(maker.apply(++lastCorrelationId), prefix.lastIndex());
    }

    /** The connection of a client ends and it opens another. */
    void cut(Session session) {
        coverage.note(Sometimes.CLIENT_CUT);
        session.cut();
        session.connect(link.connect());
    }

    /** Moves everybody in turn until it is so; a node that nobody harms has to get there. */
    public void runUntil(String what, java.util.function.BooleanSupplier condition) {
        for (int round = 0; !condition.getAsBoolean(); round++) {
            if (round == ROUNDS_MAX) {
                throw new Violation("liveness", "not after " + ROUNDS_MAX + " rounds: " + what);
            }
            round();
        }
    }

    /** Everybody once. */
    void round() {
        clock.advance(ROUND_NS);
        step(Actor.NODE);
        step(Actor.SYNC);
        step(Actor.CHECKPOINT);
        for (Session session : sessions) {
            session.receive(Integer.MAX_VALUE);
        }
    }

    public boolean isReady() {
        return node.status().ready() && applied >= prefix.lastIndex();
    }

    public boolean isQuiet() {
        for (Session session : sessions) {
            if (session.waitingCount() > 0) {
                return false;
            }
        }
        return true;
    }

    /** All that the node holds, against the model: the newest state, some history, and its own consistency. */
    public void verify(List<Consumer<World>> questions) {
        runUntil("ready", this::isReady);
        questions.forEach(question -> question.accept(this));
        runUntil("answered", this::isQuiet);
        DiskCheck.running(node);
    }

    /** Stops in good order; the node may leave a checkpoint behind. */
    public void close() {
        coverage.note(Sometimes.CLEAN_STOP);
        timeline.say("clean stop");
        Node closing = node;
        forget();
        closing.nodeAgent().onClose();
        closing.closeCleanly();
        closing.close();
    }

    /** The machine loses its power. */
    public void powerCut(long seed) {
        noteEnd();
        timeline.say("power cut");
        forget();
        disk.crash(seed);
        ports.afterCrash(disk);
    }

    /** The process ends at once; the machine goes on. */
    public void kill() {
        noteEnd();
        coverage.note(Sometimes.PROCESS_KILLED);
        timeline.say("killed");
        forget();
        disk.kill();
    }

    /**
     * The power goes, or only the process: then what it had not forced is still seen, until the power goes.
     *
     * <p>After a force of mapped pages has failed the power always goes. A kernel forgets then what it could not write,
     * and takes it up again with the next store to the page; the simulated one does not see stores that change no byte.
     */
    public void endSuddenly(boolean powerStays, long seed) {
        if (powerStays && !injection.pageSyncFailed()) {
            kill();
        } else {
            powerCut(seed);
        }
    }

    private void noteEnd() {
        coverage.crash();
        if (node != null) {
            appendedBeforeEnd = node.log().lastIndex();
        }
        if (rootPublished) {
            coverage.note(Sometimes.CRASH_BETWEEN_ROOT_SYNC_AND_WAL_RELEASE);
        }
        if (node == null) {
            coverage.note(prefix.lastIndex() == 0 ? Sometimes.FIRST_BOOT_CRASHED : Sometimes.RECOVERY_CRASHED);
        } else if (!isQuiet()) {
            coverage.note(Sometimes.CRASH_WITH_CALLS_IN_FLIGHT);
        }
    }

    private void forget() {
        node = null;
        link = null;
        rootPublished = false;
        for (Session session : sessions) {
            session.lose();
        }
    }

    /** Ends the run. */
    public Verdict verdict(String name, Violation violation) {
        answers.noteLost();
        coverage.run(stepCount, clock.nanoTime());
        return new Verdict(name, violation, timeline.hash(), coverage);
    }

    /** The first client asks questions, the others work. */
    public Session session(int number) {
        return sessions.get(number);
    }

    public long revision() {
        return answers.model().revision();
    }

    /** Harm to be done at one call of the disk port, counted over all lives. */
    public void harm(long call, DiskFault fault, long seed) {
        harmfulCall = call;
        harm = fault;
        disk.seed(seed);
    }

    /** Whether that was done. */
    public boolean wasHarmed() {
        return harmfulCall > 0 && totalCallCount() >= harmfulCall;
    }

    private long totalCallCount() {
        return callsBefore + disk.callCount();
    }

    /** Cycles of the node's own agent alone. */
    public void nodeCycles(int count) {
        for (int i = 0; i < count; i++) {
            step(Actor.NODE);
        }
    }

    public void rounds(int count) {
        for (int i = 0; i < count; i++) {
            round();
        }
    }
}
