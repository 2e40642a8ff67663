package io.stele.server.node;

import io.stele.storage.file.StorageException;
import io.stele.storage.page.Checkpoint;
import io.stele.storage.page.PageStore;
import io.stele.storage.wal.Wal;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;

/**
 * Writes checkpoints beside the node's thread, one slice at a time: how much of the disk's time they take is its idle
 * strategy's to say.
 *
 * <p>One checkpoint is under way at a time. The node's agent hands it over with {@link #submit} and takes it back
 * when it is durable, with {@link #pollDone}.
 */
public final class CheckpointAgent implements Agent {
    private final Wal wal;
    private final OneToOneConcurrentArrayQueue<Runnable> retired = new OneToOneConcurrentArrayQueue<>(64);
    private Wakeable node = Wakeable.NEVER_ASLEEP;
    private volatile Checkpoint submitted;
    private volatile Checkpoint done;
    private volatile StorageException damage;
    private volatile PageStore incoming;
    private volatile Checkpoint incomingSubmitted;
    /** Written by this agent: the last one that it is done with, and what went wrong with it. */
    private volatile Checkpoint incomingEnded;

    private StorageException incomingFailure;

    CheckpointAgent(Wal wal) {
        this.wal = wal;
    }

    /** Who waits for {@link #pollDone}; set before the agents start. */
    void node(Wakeable wakeable) {
        node = wakeable;
    }

    /** Node thread: whether a checkpoint is being written or waits to be taken back. */
    boolean isBusy() {
        return submitted != null || done != null;
    }

    /** Node thread: a store that a snapshot is being received into is extended ahead of need too; null for none. */
    void incoming(PageStore newIncoming) {
        incoming = newIncoming;
    }

    /** Node thread: no snapshot is received any more; the store is given back with {@link #retire}. */
    void forgetIncoming() {
        incomingSubmitted = null;
        incoming = null;
    }

    /** Node thread: its checkpoint. Before the last one {@link #incoming} is told that it needs no more space. */
    void submitIncoming(Checkpoint checkpoint) {
        incomingSubmitted = checkpoint;
    }

    /** Node thread: whether it is durable, or has found no space. */
    boolean hasEnded(Checkpoint ofIncoming) {
        return incomingEnded == ofIncoming;
    }

    /** Node thread: why the one that has ended is not durable, or null. Nothing depends on it: it may be given up. */
    StorageException incomingFailure() {
        return incomingFailure;
    }

    /** Node thread: does something here that may not be done while this agent is at work on the same. */
    void retire(Runnable task) {
        if (!retired.offer(task)) {
            throw new IllegalStateException("too much to give back");
        }
    }

    /** Node thread. */
    void submit(Checkpoint checkpoint) {
        assert !isBusy() : "one checkpoint at a time";
        submitted = checkpoint;
    }

    /** Does what is left to be given back, when no thread runs this agent any more. */
    void finishRetired() {
        retired.drain(Runnable::run);
    }

    /** Node thread: the checkpoint that has become durable, or null. Throws if it has met a damaged page. */
    Checkpoint pollDone() {
        StorageException met = damage;
        if (met != null) {
            damage = null;
            throw met;
        }
        Checkpoint checkpoint = done;
        if (checkpoint != null) {
            done = null;
        }
        return checkpoint;
    }

    @Override
    public int doWork() {
        int workCount = workOnIncoming() + retired.drain(Runnable::run);
        Checkpoint checkpoint = submitted;
        if (checkpoint == null) {
            return workCount;
        }
        try {
            if (checkpoint.step()) {
                return workCount + 1;
            }
            wal.syncHeaders();
            done = checkpoint;
        } catch (StorageException e) {
            if (e.kind() != StorageException.Kind.CORRUPT) {
                throw e;
            }
            damage = e; // other members may have the page: the node's to decide
        }
        submitted = null;
        node.wake();
        return workCount + 1;
    }

    private int workOnIncoming() {
        PageStore receiving = incoming;
        int workCount = receiving != null && receiving.doBackgroundWork() ? 1 : 0;
        Checkpoint received = incomingSubmitted;
        if (received == null || received == incomingEnded) {
            return workCount;
        }
        StorageException failure = null;
        try {
            if (received.step()) {
                return workCount + 1;
            }
        } catch (StorageException e) {
            if (e.kind() != StorageException.Kind.NO_SPACE) {
                throw e;
            }
            failure = e;
        }
        incomingFailure = failure; // seen by who sees the next line: after it the store may be closed at any moment
        incomingEnded = received;
        node.wake();
        return workCount + 1;
    }

    @Override
    public String roleName() {
        return "stele-checkpoint";
    }
}
