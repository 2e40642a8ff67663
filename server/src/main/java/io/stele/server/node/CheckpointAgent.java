package io.stele.server.node;

import io.stele.storage.page.Checkpoint;
import io.stele.storage.page.PageStore;
import io.stele.storage.wal.Wal;
import org.agrona.concurrent.Agent;

/**
 * Does the slow storage work beside the node's thread: writes checkpoints, prepares log segments, extends the page file
 * ahead of need.
 *
 * <p>One checkpoint is under way at a time. The node's agent hands it over with {@link #submit} and takes it back
 * when it is durable, with {@link #pollDone}.
 */
public final class CheckpointAgent implements Agent {
    private final Wal wal;
    private final PageStore store;
    private final SpaceGuard space;
    private Wakeable node = Wakeable.NEVER_ASLEEP;
    private volatile Checkpoint submitted;
    private volatile Checkpoint done;

    CheckpointAgent(Wal wal, PageStore store, SpaceGuard space) {
        this.wal = wal;
        this.store = store;
        this.space = space;
    }

    /** Who waits for {@link #pollDone}; set before the agents start. */
    void node(Wakeable wakeable) {
        node = wakeable;
    }

    /** Node thread: whether a checkpoint is being written or waits to be taken back. */
    boolean isBusy() {
        return submitted != null || done != null;
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
        int workCount = wal.doWork() + (store.doBackgroundWork() ? 1 : 0);
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

    @Override
    public String roleName() {
        return "stele-checkpoint";
    }
}
