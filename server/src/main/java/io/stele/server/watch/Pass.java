package io.stele.server.watch;

import java.util.ArrayList;

/**
 * A walk along the events, and the watchers that it is for. One pass, the live one, is for all that are up to date. A
 * connection whose watchers are not has passes of its own: they read further back, at their own speed, until they meet
 * the live one.
 *
 * <p>An event is looked up in the pass's index of watchers: the work for it grows with those that want it only.
 */
final class Pass {
    /** Whose it is; null for the live one. */
    final WatchSession session;

    /** The next event to read. */
    long main;

    int sub;

    /** Watchers that have got a part of a revision and not its end; some that have left may still be in it. */
    final ArrayList<Watcher> open = new ArrayList<>();

    private final WatcherIndex index;
    private final ArrayList<Watcher> members = new ArrayList<>();

    Pass(WatchSession session, long main, int sub, long seed) {
        this.session = session;
        this.main = main;
        this.sub = sub;
        index = new WatcherIndex(seed);
    }

    void add(Watcher watcher) {
        index.add(watcher);
        watcher.pass = this;
        watcher.memberSlot = members.size();
        members.add(watcher);
        if (watcher.openRevision != 0) {
            open.add(watcher);
        }
    }

    void remove(Watcher watcher) {
        assert watcher.pass == this && members.get(watcher.memberSlot) == watcher;
        index.remove(watcher);
        watcher.pass = null;
        Watcher last = members.remove(members.size() - 1);
        if (last != watcher) {
            members.set(watcher.memberSlot, last);
            last.memberSlot = watcher.memberSlot;
        }
    }

    int count() {
        return members.size();
    }

    Watcher member(int i) {
        return members.get(i);
    }

    void match(byte[] key, int length, MatchHandler handler) {
        index.match(key, length, handler);
    }

    boolean isBefore(long otherMain, int otherSub) {
        return Position.isBefore(main, sub, otherMain, otherSub);
    }

    boolean isAt(long otherMain, int otherSub) {
        return main == otherMain && sub == otherSub;
    }

    void moveTo(long newMain, int newSub) {
        main = newMain;
        sub = newSub;
    }

    /** Moves all its watchers to another pass that stands where it does. */
    void mergeInto(Pass other) {
        assert other.isAt(main, sub);
        while (!members.isEmpty()) {
            Watcher watcher = members.get(members.size() - 1);
            note(watcher);
            remove(watcher);
            other.add(watcher);
        }
        open.clear();
    }

    /** Goes back, so that it serves one more; what its members have got already is kept in mind. */
    void goBackTo(long newMain, int newSub) {
        for (int i = 0; i < members.size(); i++) {
            note(members.get(i));
        }
        moveTo(newMain, newSub);
    }

    /** Keeps in the watcher how far it is, which is otherwise this pass's business. */
    private void note(Watcher watcher) {
        if (Position.isBefore(watcher.startMain, watcher.startSub, main, sub)) {
            watcher.startMain = main;
            watcher.startSub = sub;
        }
    }
}
