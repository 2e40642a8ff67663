package io.stele.server.node;

import io.stele.storage.page.PageStore;
import io.stele.storage.wal.Wal;
import org.agrona.concurrent.Agent;

/**
 * Makes room before it is needed, so that the node's thread never waits for zeros to reach the disk: prepares log
 * segments, extends the page file, looks at how much space the disk has left. Not the checkpoint's thread, because a
 * checkpoint takes long, and the busier the node is then the more room it needs.
 */
public final class SpaceAgent implements Agent {
    private final Wal wal;
    private final SpaceGuard space;
    private Wakeable node = Wakeable.NEVER_ASLEEP;
    private volatile PageStore store;
    private volatile boolean holdWanted;
    private volatile boolean held;

    SpaceAgent(Wal wal, PageStore store, SpaceGuard space) {
        this.wal = wal;
        this.store = store;
        this.space = space;
    }

    /** Who waits for {@link SpaceGuard#isExhausted()}; set before the agents start. */
    void node(Wakeable wakeable) {
        node = wakeable;
    }

    /** Any thread: whether there is something to do now, lest the node's thread must do it itself. */
    boolean isWanted() {
        return wal.wantsWork() || store.wantsBackgroundWork();
    }

    /** Node thread: asks this agent not to touch the store, or allows it again. */
    void hold(boolean wanted) {
        holdWanted = wanted;
    }

    /** Node thread: whether the store is about to be exchanged. */
    boolean isHoldWanted() {
        return holdWanted;
    }

    /** Node thread: whether this agent does not touch the store. */
    boolean isHeld() {
        return held;
    }

    /** Node thread, while this agent is held: from now on it works on another store. */
    void exchange(PageStore newStore) {
        assert held;
        store = newStore;
        holdWanted = false;
    }

    @Override
    public int doWork() {
        boolean wanted = holdWanted;
        if (wanted != held) {
            held = wanted;
            node.wake();
        }
        int workCount = wal.doWork() + (!wanted && store.doBackgroundWork() ? 1 : 0);
        if (space.measure()) {
            node.wake();
        }
        return workCount;
    }

    @Override
    public String roleName() {
        return "stele-space";
    }
}
