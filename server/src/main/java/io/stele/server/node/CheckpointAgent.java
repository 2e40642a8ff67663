package io.stele.server.node;

import io.stele.storage.page.Checkpoint;
import io.stele.storage.page.PageStore;
import io.stele.storage.wal.Wal;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;

/**
 * Does the slow storage work beside the node's thread: writes checkpoints, prepares log segments, extends the page file
 * ahead of need.
 *
 * <p>One checkpoint is under way at a time. The node's agent hands it over with {@link #submit} and takes it back
 * when it is durable, with {@link #pollDone}.
 */
public final class CheckpointAgent implements Agent {
    private final Wal wal;
    private final SpaceGuard space;
    private final OneToOneConcurrentArrayQueue<Runnable> retired = new OneToOneConcurrentArrayQueue<>(64);
    private Wakeable node = Wakeable.NEVER_ASLEEP;
    private volatile Checkpoint submitted;
    private volatile Checkpoint done;
    private volatile PageStore store;
    private volatile PageStore incoming;
    private volatile Checkpoint incomingSubmitted;
    private volatile boolean incomingDone;
    private volatile boolean holdWanted;
    private volatile boolean held;

    CheckpointAgent(Wal wal, PageStore store, SpaceGuard space) {
        this.wal = wal;
        this.store = store;
        this.space = space;
    }

    /** Who waits for {@link #pollDone}; set before the agents start. */
    void node(Wakeable wakeable) {
        node = wakeable;
    }

    /** Node thread: whether no checkpoint may be submitted now. */
    boolean isBusy() {
        return hasCheckpoint() || holdWanted;
    }

    /** Node thread: whether a checkpoint is being written or waits to be taken back. */
    boolean hasCheckpoint() {
        return submitted != null || done != null;
    }

    /** Node thread: a store that a snapshot is being received into is extended ahead of need too; null for none. */
    void incoming(PageStore newIncoming) {
        incoming = newIncoming;
    }

    /** Node thread: its checkpoint. */
    void submitIncoming(Checkpoint checkpoint) {
        incomingDone = false;
        incomingSubmitted = checkpoint;
    }

    /** Node thread. */
    boolean isIncomingDone() {
        return incomingDone;
    }

    /** Node thread: does something here that may not be done while this agent is at work on the same. */
    void retire(Runnable task) {
        if (!retired.offer(task)) {
            throw new IllegalStateException("too much to give back");
        }
    }

    /** Node thread: asks this agent not to touch the store, or allows it again. */
    void hold(boolean wanted) {
        holdWanted = wanted;
    }

    /** Node thread: whether it does not. */
    boolean isHeld() {
        return held;
    }

    /** Node thread, while this agent is held: from now on it works on another store. */
    void exchange(PageStore newStore) {
        assert held;
        store = newStore;
        holdWanted = false;
    }

    /** Node thread. */
    void submit(Checkpoint checkpoint) {
        assert !isBusy() : "one checkpoint at a time";
        submitted = checkpoint;
    }

    /** Node thread: the checkpoint that has become durable, or null. */
    Checkpoint pollDone() {
        Checkpoint checkpoint = done;
        if (checkpoint != null) {
            done = null;
        }
        return checkpoint;
    }

    @Override
    public int doWork() {
        int workCount = wal.doWork() + prepare();
        if (space.measure()) {
            node.wake();
        }
        Checkpoint checkpoint = submitted;
        if (checkpoint != null) {
            checkpoint.run();
            wal.syncHeaders();
            done = checkpoint;
            submitted = null;
            node.wake();
            workCount++;
        }
        return workCount;
    }

    private int prepare() {
        int workCount = 0;
        boolean wanted = holdWanted;
        if (wanted != held) {
            held = wanted;
            node.wake();
        }
        if (!wanted && store.doBackgroundWork()) {
            workCount++;
        }
        PageStore receiving = incoming;
        if (receiving != null && receiving.doBackgroundWork()) {
            workCount++;
        }
        Checkpoint received = incomingSubmitted;
        if (received != null) {
            received.run();
            incomingSubmitted = null;
            incomingDone = true;
            node.wake();
            workCount++;
        }
        return workCount + retired.drain(Runnable::run);
    }

    @Override
    public String roleName() {
        return "stele-checkpoint";
    }
}
