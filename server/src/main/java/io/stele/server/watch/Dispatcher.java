package io.stele.server.watch;

import io.stele.server.machine.HistoryReader;
import java.util.ArrayList;

/**
 * Hands events to watchers: reads a batch from where a pass stands, finds who wants each event, and sends every
 * connection what it is to get, in frames. A watcher whose connection has no room is left behind, at the first event
 * that it did not get: it costs nothing until there is room, and then reads on from there.
 */
final class Dispatcher implements MatchHandler {
    /** Matches after which a step ends; bounds its time, and what the lanes of all sessions take up. */
    private static final int MATCHES_MAX = 16 * 1024;

    private static final int KEY_FIRST_LENGTH = 256;

    private final EventLog log;
    private final HistorySlices slices;
    private final WatchOutput output;
    private final FrameWriter writer;
    private final WatchCatchUp catchUp;
    private final EventBatch batch;
    private final ArrayList<WatchSession> touched = new ArrayList<>();
    private final ArrayList<Watcher> leftBehind = new ArrayList<>();
    private byte[] key = new byte[KEY_FIRST_LENGTH];
    private long nowNs;
    private int matchCount;
    private int servedCount;

    private int event;
    private long main;
    private int sub;
    private boolean isDeletion;

    Dispatcher(EventLog log, HistorySlices slices, WatchLimits limits, WatchOutput output, WatchCatchUp catchUp) {
        this.log = log;
        this.slices = slices;
        batch = new EventBatch(limits.batchEvents, limits.batchBytes);
        this.output = output;
        this.catchUp = catchUp;
        writer = new FrameWriter(output, limits.frameBytes);
    }

    /** The state in which pairs from before changes are looked up. */
    void history(HistoryReader history) {
        batch.history(history);
    }

    /**
     * Hands out about so many bytes of the events before {@code (untilMain, untilSub)}, where the pass does not stand
     * yet. Returns the bytes that were looked at.
     */
    int step(Pass pass, long untilMain, int untilSub, int bytesMax, long cycleNs) {
        assert pass.isBefore(untilMain, untilSub);
        batch.bytesMax(bytesMax);
        nowNs = cycleNs;
        if (log.has(pass.main)) {
            log.fill(batch, pass.main, pass.sub, untilMain, untilSub);
        } else {
            slices.at(pass.main, pass.sub).fill(batch, pass.main, pass.sub, untilMain, untilSub);
        }
        if (batch.count() == 0) {
            throw new IllegalStateException("no event at " + pass.main + "." + pass.sub);
        }
        try {
            int count = 0;
            while (count < batch.count() && matchCount < MATCHES_MAX) {
                match(pass, count++);
            }
            flush(pass, count);
        } finally {
            forgetMatches();
            // Not before: a pass that is still on its way must not be given watchers, or be sent back.
            for (int i = 0; i < leftBehind.size(); i++) {
                catchUp.join(leftBehind.get(i));
            }
            leftBehind.clear();
        }
        return batch.bytes();
    }

    /** Connections that got something since the last call; one that got something in two steps counts twice. */
    int takeServedCount() {
        int count = servedCount;
        servedCount = 0;
        return count;
    }

    /** Those that are left when a pair from before a change could not be read: the next step has another batch. */
    private void forgetMatches() {
        for (int i = 0; i < touched.size(); i++) {
            touched.get(i).plain.clear();
            touched.get(i).withPrevious.clear();
        }
        touched.clear();
        matchCount = 0;
    }

    private void match(Pass pass, int number) {
        event = number;
        main = batch.main(number);
        sub = batch.sub(number);
        isDeletion = batch.isDeletion(number);
        int length = batch.keyLength(number);
        if (key.length < length) {
            key = new byte[2 * length];
        }
        batch.buffer().getBytes(batch.keyOffset(number), key, 0, length);
        pass.match(key, length, this);
    }

    @Override
    public void onMatch(WatcherList watchers) {
        int count = watchers.count();
        for (int i = 0; i < count; i++) {
            Watcher watcher = watchers.get(i);
            if (Position.isBefore(main, sub, watcher.startMain, watcher.startSub) || !watcher.wants(isDeletion)) {
                continue;
            }
            WatchSession session = watcher.session;
            Lane lane = watcher.options.previous() ? session.withPrevious : session.plain;
            if (session.plain.count() == 0 && session.withPrevious.count() == 0) {
                touched.add(session);
            }
            lane.add(event, watcher);
            matchCount++;
        }
    }

    /** Writes what was matched, and moves the pass behind it. */
    private void flush(Pass pass, int endEvent) {
        servedCount += touched.size();
        for (int i = 0; i < touched.size(); i++) {
            WatchSession session = touched.get(i);
            boolean hasRoom = output.hasRoom(session.connectionId);
            hasRoom = write(pass, session, false, endEvent, hasRoom);
            write(pass, session, true, endEvent, hasRoom);
        }
        boolean isLast = batch.isLast(endEvent - 1);
        pass.moveTo(batch.main(endEvent - 1) + (isLast ? 1 : 0), isLast ? 0 : batch.sub(endEvent - 1) + 1);
        closeOpen(pass);
    }

    /** Returns whether the session still has room. */
    private boolean write(Pass pass, WatchSession session, boolean previous, int endEvent, boolean hasRoom) {
        Lane lane = previous ? session.withPrevious : session.plain;
        if (lane.count() == 0) {
            return hasRoom;
        }
        int unsent = hasRoom ? writer.write(pass, session, previous, batch, endEvent, nowNs) : 0;
        if (unsent != FrameWriter.ALL_SENT) {
            for (int i = unsent; i < lane.count(); i++) {
                leaveBehind(pass, lane.watcher(i), lane.event(i));
            }
        }
        lane.clear();
        return unsent == FrameWriter.ALL_SENT;
    }

    private void leaveBehind(Pass pass, Watcher watcher, int firstUnsent) {
        if (watcher.pass != pass) {
            return; // left behind at an earlier event
        }
        pass.remove(watcher);
        watcher.startMain = batch.main(firstUnsent);
        watcher.startSub = batch.sub(firstUnsent);
        leftBehind.add(watcher);
    }

    /** Ends the revisions that are over, for those who do not know it. Who cannot be told now is told later. */
    void closeOpen(Pass pass) {
        ArrayList<Watcher> open = pass.open;
        int kept = 0;
        for (int i = 0; i < open.size(); i++) {
            Watcher watcher = open.get(i);
            boolean isOpen = watcher.pass == pass && watcher.openRevision != 0;
            if (isOpen && (watcher.openRevision >= pass.main || !writer.close(watcher))) {
                open.set(kept++, watcher);
            }
        }
        while (open.size() > kept) {
            open.remove(open.size() - 1);
        }
    }
}
