package io.stele.consensus;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.stele.consensus.MemoryLog.Stored;
import io.stele.consensus.MemoryLog.Sync;
import io.stele.consensus.log.Entry;
import io.stele.consensus.membership.Membership;
import io.stele.consensus.membership.MembershipChange;
import io.stele.consensus.membership.MembershipEdit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;

/** A node around a core: log and hard state in memory, a state machine that remembers what it has applied. */
final class TestMember {
    /** The state machine at some index. */
    record Snapshot(long logIndex, long term, Membership membership, List<Stored> state) {}

    /** The process is gone. */
    static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** A read that has been answered. */
    record Read(long requestId, long readIndex) {}

    private final long id;
    private final MemoryLog log = new MemoryLog();
    private final List<Stored> state = new ArrayList<>(); // place i holds the entry with index i + 1
    private final ArrayDeque<Sync> syncs = new ArrayDeque<>();
    private final List<Read> reads = new ArrayList<>();
    private final List<Long> droppedReads = new ArrayList<>();
    private final RaftTrace trace;
    private RaftConfig config;
    private Raft raft;
    private HardState hardState = HardState.INITIAL;
    private Snapshot checkpoint;
    private Snapshot arriving;
    private Membership membership;
    private long synced;
    /** The newest entry that was proposed here and that this member has not lost sight of. */
    private long proposed;

    private int fuse;

    TestMember(RaftConfig config, Membership initial, RaftTrace trace) {
        this.id = config.memberId();
        this.config = config;
        this.trace = trace;
        this.checkpoint = new Snapshot(0, 0, initial, List.of());
        restart(config);
    }

    /** A member whose log holds entries of these terms, durable and not committed; it has seen {@code term}. */
    static TestMember withLog(
            RaftConfig config, Membership membership, RaftTrace trace, long term, long... entryTerms) {
        TestMember member = new TestMember(config, membership, trace);
        Entry entry = new Entry();
        for (int i = 0; i < entryTerms.length; i++) {
            member.log.append(entry.wrap(i + 1, entryTerms[i], Entry.COMMAND, null, 0, 0));
        }
        member.log.sync();
        member.hardState = new HardState(term, 0, 0);
        member.restart(config);
        return member;
    }

    long id() {
        return id;
    }

    Raft raft() {
        return raft;
    }

    MemoryLog log() {
        return log;
    }

    long checkpointIndex() {
        return checkpoint.logIndex();
    }

    HardState hardState() {
        return hardState;
    }

    List<Stored> state() {
        return state;
    }

    List<Read> reads() {
        return reads;
    }

    List<Long> droppedReads() {
        return droppedReads;
    }

    boolean isUp() {
        return raft != null;
    }

    Snapshot snapshot() {
        long applied = state.size();
        return new Snapshot(
                applied, applied == 0 ? 0 : state.get(state.size() - 1).term(), membership, new ArrayList<>(state));
    }

    // Life and death

    /** Crashes at a step of the next batch; see {@link #onReady}. */
    void crashAt(int step) {
        fuse = step;
    }

    private void passed(int step) {
        if (fuse == step) {
            throw new Crash();
        }
    }

    void crash(int luck) {
        raft = null;
        fuse = 0;
        log.crash(luck);
        syncs.clear();
        arriving = null;
    }

    void restart(RaftConfig newConfig) {
        config = newConfig;
        state.clear();
        state.addAll(checkpoint.state());
        membership = checkpoint.membership();
        synced = log.lastIndex();
        proposed = 0;
        raft = new Raft(
                config,
                log,
                new HardState(hardState.term(), hardState.vote(), checkpoint.logIndex()),
                membership,
                trace);
    }

    void checkpoint() {
        checkpoint = snapshot();
    }

    /** Drops entries that the checkpoint covers, but for the last {@code kept}. */
    void release(long kept) {
        long to = checkpoint.logIndex() - kept;
        if (to >= log.firstIndex()) {
            log.releaseTo(to);
        }
    }

    // The duty cycle

    /** Does what the core says; what it sends goes to {@code network}. True if there was anything to do. */
    boolean work(Consumer<Packet> network) {
        boolean worked = false;
        while (raft.hasReady()) {
            worked = true;
            Ready ready = raft.ready();
            onReady(ready, network);
            raft.advance();
        }
        return worked;
    }

    private void onReady(Ready ready, Consumer<Packet> network) {
        passed(1);
        if (ready.hardStateChanged()) {
            hardState = new HardState(ready.term(), ready.vote(), 0);
        }
        passed(2);
        if (ready.snapshotIndex() > 0) {
            install(ready.snapshotIndex(), ready.snapshotTerm());
        }
        passed(3);
        if (ready.truncateFrom() > 0) {
            log.truncateFrom(ready.truncateFrom());
            synced = Math.min(synced, ready.truncateFrom() - 1);
        }
        if (ready.lostFrom() > 0) {
            proposed = Math.min(proposed, ready.lostFrom() - 1);
        }
        passed(4);
        for (int i = 0; i < ready.entries().count(); i++) {
            log.append(ready.entries().get(i));
        }
        passed(5);
        for (int i = 0; i < ready.messages().count(); i++) {
            network.accept(Packet.of(ready.messages().get(i), this));
            passed(6);
        }
        for (long at = ready.committedFrom(); at <= ready.committedTo(); at++) {
            apply(at);
        }
        if (ready.hasCommitted()) {
            raft.onApplied(ready.committedTo());
        }
        for (int i = 0; i < ready.readCount(); i++) {
            reads.add(new Read(ready.readRequestId(i), ready.readIndex(i)));
        }
        for (int i = 0; i < ready.droppedReadCount(); i++) {
            droppedReads.add(ready.droppedReadId(i));
        }
    }

    private void apply(long logIndex) {
        Stored stored = log.get(logIndex);
        if (logIndex != state.size() + 1) {
            throw new IllegalStateException("applies " + logIndex + " behind " + state.size());
        }
        state.add(stored);
        if (stored.type() == Entry.MEMBERSHIP) {
            byte[] payload = stored.payload().getBytes(ISO_8859_1);
            MembershipChange change = MembershipChange.decode(new UnsafeBuffer(payload), 0, payload.length);
            membership = MembershipEdit.of(membership, change).result();
        }
    }

    private void install(long logIndex, long term) {
        if (arriving == null || arriving.logIndex() != logIndex || arriving.term() != term) {
            throw new IllegalStateException("installs a snapshot that is not there");
        }
        log.restart(logIndex, term);
        syncs.clear();
        synced = logIndex;
        state.clear();
        state.addAll(arriving.state());
        membership = arriving.membership();
        checkpoint = arriving;
        arriving = null;
    }

    /** A snapshot has arrived, complete. */
    void receive(Snapshot snapshot) {
        if (raft.installSnapshot(snapshot.logIndex(), snapshot.term(), snapshot.membership())) {
            arriving = snapshot;
        }
    }

    // The disk

    /** Begins to force what has been appended since the last time. */
    boolean beginSync() {
        if (log.lastIndex() <= synced) {
            return false;
        }
        synced = log.lastIndex();
        syncs.add(log.beginSync(raft.logEpoch()));
        return true;
    }

    /** The oldest force ends. */
    boolean endSync() {
        Sync sync = syncs.poll();
        if (sync == null) {
            return false;
        }
        log.endSync(sync);
        raft.onDurable(sync.lastIndex(), sync.epoch());
        return true;
    }

    /** Forces everything at once. */
    boolean sync() {
        beginSync();
        boolean any = false;
        while (endSync()) {
            any = true;
        }
        return any;
    }

    long propose(String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        long result = raft.propose(Entry.COMMAND, new UnsafeBuffer(bytes), 0, bytes.length);
        if (result > 0) {
            if (result <= proposed) {
                throw new IllegalStateException(result + " is proposed, and " + proposed + " still waited for");
            }
            proposed = result;
        }
        return result;
    }
}
