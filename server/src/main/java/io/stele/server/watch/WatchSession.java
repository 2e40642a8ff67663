package io.stele.server.watch;

import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.Long2ObjectHashMap;

/** What one connection watches. */
final class WatchSession {
    /** Watchers at different places in history are read for separately, up to so many places. */
    static final int PASSES_MAX = 8;

    /** A watcher may wait for a pass that has so many revisions to go to where it is. */
    private static final int WAIT_REVISIONS_MAX = 1024;

    final long connectionId;

    /** Matches of the batch that is being handed out: those without and those with the pairs from before. */
    final Lane plain = new Lane();

    final Lane withPrevious = new Lane();

    final ArrayList<Pass> passes = new ArrayList<>();

    /** Whether the hub's round of sessions that catch up includes it. */
    boolean isCatchingUp;

    /** The furthest revision that any of its watches was asked to start at, ended ones too. */
    private long startRevisionMax;

    private final Long2ObjectHashMap<Watcher> watchers = new Long2ObjectHashMap<>();
    private final long seed;
    private long nextId;

    WatchSession(long connectionId, long seed) {
        this.connectionId = connectionId;
        this.seed = seed;
    }

    Watcher find(long watchId) {
        return watchers.get(watchId);
    }

    int count() {
        return watchers.size();
    }

    void add(Watcher watcher) {
        watchers.put(watcher.watchId, watcher);
        startRevisionMax = Math.max(startRevisionMax, watcher.startMain);
    }

    void remove(Watcher watcher) {
        watchers.remove(watcher.watchId);
    }

    /** Whether one of its watches begins only after this revision. */
    boolean startsAfter(long revision) {
        if (startRevisionMax > revision) {
            startRevisionMax = 0;
            for (Watcher watcher : watchers.values()) {
                startRevisionMax = Math.max(startRevisionMax, watcher.startMain);
            }
        }
        return startRevisionMax > revision;
    }

    /** All of them, in a list of its own. */
    List<Watcher> all() {
        return new ArrayList<>(watchers.values());
    }

    /** The smallest number that was never given out here and is free. */
    long freeId() {
        while (watchers.containsKey(nextId)) {
            nextId++;
        }
        return nextId++;
    }

    /** Gives a watcher that is behind to a pass. */
    void join(Watcher watcher) {
        Pass nearest = null;
        Pass furthestBack = null;
        for (int i = 0; i < passes.size(); i++) {
            Pass pass = passes.get(i);
            boolean comesBy = !Position.isBefore(watcher.startMain, watcher.startSub, pass.main, pass.sub);
            if (comesBy && (nearest == null || nearest.isBefore(pass.main, pass.sub))) {
                nearest = pass;
            }
            if (furthestBack == null || pass.isBefore(furthestBack.main, furthestBack.sub)) {
                furthestBack = pass;
            }
        }
        choose(watcher, nearest, furthestBack).add(watcher);
    }

    private Pass choose(Watcher watcher, Pass nearest, Pass furthestBack) {
        boolean isFull = passes.size() >= PASSES_MAX;
        if (nearest != null && (isFull || watcher.startMain - nearest.main <= WAIT_REVISIONS_MAX)) {
            return nearest;
        }
        if (isFull) {
            furthestBack.goBackTo(watcher.startMain, watcher.startSub);
            return furthestBack;
        }
        Pass pass = new Pass(this, watcher.startMain, watcher.startSub, seed);
        passes.add(pass);
        return pass;
    }

    /** The pass after this one, with the fewest events between; null if there is none. */
    Pass next(Pass before) {
        Pass next = null;
        for (int i = 0; i < passes.size(); i++) {
            Pass pass = passes.get(i);
            boolean isAfter = pass != before && before.isBefore(pass.main, pass.sub);
            if (isAfter && (next == null || pass.isBefore(next.main, next.sub))) {
                next = pass;
            }
        }
        return next;
    }
}
