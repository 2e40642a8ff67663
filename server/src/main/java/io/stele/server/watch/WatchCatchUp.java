package io.stele.server.watch;

import java.util.ArrayList;
import java.util.function.Consumer;

/**
 * The sessions that have watchers behind, served in turn: a step for each pass of each session that has room, until the
 * cycle's share of work is done. A session whose reader has stopped is passed by.
 */
final class WatchCatchUp {
    /** Sessions asked in one round whether they have room; the next round asks the next ones. */
    private static final int SESSIONS_PER_ROUND = 64;

    private final ArrayList<WatchSession> sessions = new ArrayList<>();
    private final Pass live;
    private final WatchOutput output;
    private final Consumer<Pass> beforeStep;
    private int next;

    /** {@code beforeStep} ends the watches of a pass whose events are gone. */
    WatchCatchUp(Pass live, WatchOutput output, Consumer<Pass> beforeStep) {
        this.live = live;
        this.output = output;
        this.beforeStep = beforeStep;
    }

    /** Takes up a watcher that is behind. */
    void join(Watcher watcher) {
        WatchSession session = watcher.session;
        session.join(watcher);
        if (!session.isCatchingUp) {
            session.isCatchingUp = true;
            sessions.add(session);
        }
    }

    void remove(WatchSession session) {
        if (session.isCatchingUp) {
            session.isCatchingUp = false;
            sessions.remove(session);
        }
    }

    int sessionCount() {
        return sessions.size();
    }

    WatchSession session(int i) {
        return sessions.get(i);
    }

    /** Reads about so many bytes of events for those behind; returns how many, 0 when nobody can be served. */
    int doWork(Dispatcher dispatcher, int bytesMax, long nowNs) {
        int bytes = 0;
        int remaining = Math.min(sessions.size(), SESSIONS_PER_ROUND);
        for (; remaining > 0 && bytes < bytesMax; remaining--) {
            next = next + 1 >= sessions.size() ? 0 : next + 1;
            WatchSession session = sessions.get(next);
            for (int i = session.passes.size() - 1; i >= 0 && output.hasRoom(session.connectionId); i--) {
                int bytesLeft = Math.max(1, bytesMax - bytes);
                bytes += serve(session, session.passes.get(i), dispatcher, bytesLeft, nowNs);
            }
            if (session.passes.isEmpty()) {
                session.isCatchingUp = false;
                sessions.remove(next);
                next--;
            }
        }
        return bytes;
    }

    private int serve(WatchSession session, Pass pass, Dispatcher dispatcher, int bytesMax, long nowNs) {
        beforeStep.accept(pass);
        dispatcher.closeOpen(pass);
        if (pass.count() == 0) {
            session.passes.remove(pass);
            return 0;
        }
        Pass ahead = session.next(pass);
        Pass goal = ahead != null && ahead.isBefore(live.main, live.sub) ? ahead : live;
        int bytes = 1;
        if (pass.isBefore(goal.main, goal.sub)) {
            bytes += dispatcher.step(pass, goal.main, goal.sub, bytesMax, nowNs);
        }
        if (pass.isAt(goal.main, goal.sub)) {
            session.passes.remove(pass);
            pass.mergeInto(goal);
        }
        return bytes;
    }
}
