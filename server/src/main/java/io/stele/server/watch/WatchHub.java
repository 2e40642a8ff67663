package io.stele.server.watch;

import io.stele.server.machine.StateMachine;
import io.stele.transport.ApiError;
import io.stele.transport.codec.WatchFlagsDecoder;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * All watches of a node.
 *
 * <pre>
 *   apply --> EventLog (ring, newest events)   <-- live pass --> frames for all that are up to date
 *             HistorySlices <-- page store     <-- a connection's own passes --> frames for what it has missed
 * </pre>
 *
 * <p>What it promises are etcd's guarantees. Ordered, unique, reliable: a pass only moves forward, from each event to
 * the next, and a watcher is in exactly one pass, or changes to one that stands at or before the first event it has not
 * got. Atomic: see {@link FrameWriter}. Resumable: any revision that is not compacted is a place to start at.
 * Bookmarkable: progress is where the passes stand. A watcher whose next event is compacted away is told so, and ended:
 * never a gap.
 *
 * <p>Belongs to the node's thread. No clock: time comes in.
 */
public final class WatchHub {
    private static final String RANGE_EMPTY = "mvcc: watcher range is empty";
    private static final String DUPLICATE_ID = "mvcc: duplicate watch ID provided on the WatchStream";
    private static final String COMPACTED = "";

    /** Before it, at revision 1, the store is empty. */
    private static final long FIRST_CHANGE = 2;

    private static final byte[] FIRST_KEY = new byte[1];

    /** Steps that the live pass takes in one cycle; more events than that wait for the next one. */
    private static final int LIVE_STEPS_MAX = 8;

    /** Watches whose progress is looked at in one cycle. */
    private static final int PROGRESS_STEPS_MAX = 512;

    private final WatchLimits limits;
    private final WatchOutput output;
    private final long seed;
    private final EventLog log;
    private final HistorySlices slices;
    private final Pass live;
    private final WatchCatchUp catchUp;
    private final Dispatcher dispatcher;
    private final WatchReplies replies;
    private final Long2ObjectHashMap<WatchSession> sessions = new Long2ObjectHashMap<>();
    private final ArrayDeque<Watcher> awaitingProgress = new ArrayDeque<>();
    private StateMachine machine;
    private int watchCount;
    private long heapBytes;

    /** When new events were handed out for the last time, and for how long others are gathered since. */
    private long handedOutNs;

    private long restNs;

    /** The seed keeps others from guessing where keys lie in tables. */
    public WatchHub(StateMachine machine, WatchLimits limits, WatchOutput output, long seed) {
        this.limits = limits;
        this.output = output;
        this.seed = seed;
        log = new EventLog(limits.logBytes, limits.logRevisionsMax);
        slices = new HistorySlices(limits);
        live = new Pass(null, machine.revision() + 1, 0, seed);
        catchUp = new WatchCatchUp(live, output, this::endCompacted);
        dispatcher = new Dispatcher(log, slices, limits, output, catchUp);
        replies = new WatchReplies(output);
        machine(machine);
    }

    /** Another state has taken the place of the one before: what lies between them is read from its history. */
    public void machine(StateMachine value) {
        machine = value;
        machine.listener(log);
        var history = machine.history();
        slices.history(history);
        dispatcher.history(history);
        if (watchCount > 0) {
            log.begin(machine.revision() + 1);
        }
    }

    /** Watches there are. */
    public int watchCount() {
        return watchCount;
    }

    /** Connections that have watches. */
    public int sessionCount() {
        return sessions.size();
    }

    /** Connections that have watches which are behind. */
    public int sessionsBehind() {
        return catchUp.sessionCount();
    }

    /** Slices of history read from the page store so far. */
    public long slicesRead() {
        return slices.loadCount();
    }

    // ---- requests

    /** Answers a request to watch; the end is empty for the one key, one zero byte for no end. */
    public void create(
            long connectionId,
            long correlationId,
            long wantedId,
            long startRevision,
            WatchFlagsDecoder flags,
            byte[] wantedKey,
            byte[] rangeEnd,
            long nowNs) {
        long revision = machine.revision();
        byte[] key = wantedKey.length == 0 ? FIRST_KEY : wantedKey;
        byte[] end = rangeEnd.length == 0 ? null : rangeEnd;
        if (Arrays.equals(rangeEnd, FIRST_KEY)) {
            end = Watcher.UNBOUNDED;
        }
        WatchSession session = sessions.get(connectionId);
        String refusal = refusal(session, wantedId, startRevision, key, end);
        if (refusal != null) {
            replies.canceled(connectionId, correlationId, revision, WatchReplies.NO_WATCH, 0, refusal);
            return;
        }
        String excess = excess(session, key, end);
        if (excess != null) {
            replies.refused(connectionId, correlationId, revision, excess);
            return;
        }
        if (session == null) {
            session = new WatchSession(connectionId, seed);
            sessions.put(connectionId, session);
        }
        long watchId = wantedId == 0 ? session.freeId() : wantedId;
        Watcher watcher = new Watcher(session, watchId, key, end, WatchOptions.of(flags));
        watcher.startMain = startRevision == 0 ? revision + 1 : Math.max(startRevision, FIRST_CHANGE);
        watcher.sentNs = nowNs;
        replies.created(connectionId, correlationId, revision, watchId);
        if (startRevision != 0 && startRevision < machine.compactRevision()) {
            replies.canceled(
                    connectionId, WatchReplies.PUSHED, revision, watchId, machine.compactRevision(), COMPACTED);
            return;
        }
        add(watcher, nowNs);
    }

    private static String refusal(WatchSession session, long wantedId, long startRevision, byte[] key, byte[] end) {
        if (startRevision < 0) {
            return ApiError.COMPACTED.text();
        }
        if (end != null && end.length > 0 && Arrays.compareUnsigned(key, end) >= 0) {
            return RANGE_EMPTY;
        }
        return wantedId != 0 && session != null && session.find(wantedId) != null ? DUPLICATE_ID : null;
    }

    private String excess(WatchSession session, byte[] key, byte[] end) {
        if (session != null && session.count() >= limits.watchesPerConnectionMax) {
            return "stele: a connection may have " + limits.watchesPerConnectionMax + " watches";
        }
        if (watchCount >= limits.watchesMax || heapBytes + bytesOf(key, end) > limits.heapBytesMax) {
            return "stele: too many watches on this member: it has " + watchCount;
        }
        return null;
    }

    private void add(Watcher watcher, long nowNs) {
        if (watchCount == 0) {
            log.begin(machine.revision() + 1);
            live.moveTo(machine.revision() + 1, 0);
        }
        watchCount++;
        heapBytes += bytesOf(watcher.key, watcher.end);
        watcher.session.add(watcher);
        if (Position.isBefore(watcher.startMain, 0, live.main, live.sub)) {
            catchUp.join(watcher);
        } else {
            live.add(watcher);
        }
        if (watcher.options.progressNotify()) {
            watcher.progressNs = nowNs;
            if (awaitingProgress.size() > 2 * watchCount) {
                awaitingProgress.removeIf(ended -> ended.pass == null);
            }
            awaitingProgress.add(watcher);
        }
    }

    private static int bytesOf(byte[] key, byte[] end) {
        return WatchLimits.WATCH_BYTES + key.length + (end == null ? 0 : end.length);
    }

    /** Ends a watch, and says so whether there was one or not. */
    public void cancel(long connectionId, long correlationId, long watchId) {
        WatchSession session = sessions.get(connectionId);
        Watcher watcher = session == null ? null : session.find(watchId);
        if (watcher != null) {
            drop(watcher);
            session.remove(watcher);
        }
        replies.canceled(connectionId, correlationId, machine.revision(), watchId, 0, "");
    }

    /** Says up to where all watches of a connection have got everything. */
    public void progress(long connectionId, long correlationId) {
        WatchSession session = sessions.get(connectionId);
        long delivered = Math.min(live.main - 1, machine.revision());
        boolean isSynced = delivered == machine.revision();
        if (session != null) {
            for (int i = 0; i < session.passes.size(); i++) {
                Pass pass = session.passes.get(i);
                delivered = Math.min(delivered, beforeOpen(pass, session, pass.main - 1));
            }
            delivered = beforeOpen(live, session, delivered);
            isSynced &= delivered == machine.revision()
                    && session.passes.isEmpty()
                    && !session.startsAfter(machine.revision() + 1);
        }
        replies.progress(connectionId, correlationId, delivered, WatchReplies.NO_WATCH, isSynced);
    }

    /** What a revision is short of that some of its watchers do not know to be over. */
    private static long beforeOpen(Pass pass, WatchSession session, long delivered) {
        long before = delivered;
        for (int i = 0; i < pass.open.size(); i++) {
            Watcher watcher = pass.open.get(i);
            if (watcher.session == session && watcher.openRevision != 0) {
                before = Math.min(before, watcher.openRevision - 1);
            }
        }
        return before;
    }

    /** The same for some of them. */
    public void progress(long connectionId, long correlationId, long[] watchIds) {
        WatchSession session = sessions.get(connectionId);
        long delivered = machine.revision();
        boolean isSynced = true;
        for (long watchId : watchIds) {
            Watcher watcher = session == null ? null : session.find(watchId);
            if (watcher != null) {
                delivered = Math.min(delivered, deliveredTo(watcher));
                isSynced &= isSynced(watcher);
            }
        }
        isSynced &= delivered == machine.revision();
        replies.progress(connectionId, correlationId, delivered, WatchReplies.NO_WATCH, isSynced);
    }

    private long deliveredTo(Watcher watcher) {
        long next = Math.max(watcher.pass.main, watcher.startMain);
        long delivered = watcher.openRevision == 0 ? next - 1 : Math.min(next, watcher.openRevision) - 1;
        return Math.min(delivered, machine.revision());
    }

    private boolean isSynced(Watcher watcher) {
        return watcher.pass == live
                && live.main > machine.revision()
                && watcher.openRevision == 0
                && watcher.startMain <= machine.revision() + 1;
    }

    /** Forgets a connection's watches. */
    public void onDisconnected(long connectionId) {
        WatchSession session = sessions.remove(connectionId);
        if (session == null) {
            return;
        }
        catchUp.remove(session);
        for (Watcher watcher : session.all()) {
            drop(watcher);
        }
    }

    /** Ends the watches that want a leader, for there is none. */
    public void endLeaderless() {
        endAll(true, ApiError.NO_LEADER.text());
    }

    /** Ends all watches: this member cannot serve them any more, others may. */
    public void endAll(ApiError reason) {
        endAll(false, reason.text());
    }

    private void endAll(boolean wantLeaderOnly, String reason) {
        for (WatchSession session : sessions.values().toArray(new WatchSession[0])) {
            for (Watcher watcher : session.all()) {
                if (watcher.options.requireLeader() || !wantLeaderOnly) {
                    end(watcher, 0, reason);
                }
            }
        }
    }

    // ---- the duty cycle

    /**
     * Hands out what was applied, to those who are up to date. What comes right after something was handed out is
     * gathered for a while, which {@link #restingNs} tells: a send costs more than many events in one.
     */
    public int deliver(long nowNs) {
        long end = machine.revision() + 1;
        if (live.main == end && live.open.isEmpty() && awaitingProgress.isEmpty()) {
            return 0;
        }
        int steps = restingNs(nowNs) > 0 ? 0 : handOut(nowNs);
        return steps + notifyProgress(nowNs);
    }

    /** For how long still events that there are will be held back; 0 if there are none. */
    public long restingNs(long nowNs) {
        return live.main == machine.revision() + 1 ? 0 : Math.max(0, restNs - (nowNs - handedOutNs));
    }

    /** {@link #deliver} without gathering anything first. */
    public int handOut(long nowNs) {
        long end = machine.revision() + 1;
        int steps = 0;
        dispatcher.takeServedCount(); // of those who are behind: they have their share of the cycle
        while (live.main < end && steps < LIVE_STEPS_MAX) {
            endCompacted(live);
            if (live.count() == 0) {
                live.moveTo(end, 0);
            } else {
                dispatcher.step(live, end, 0, Integer.MAX_VALUE, nowNs);
            }
            steps++;
        }
        if (!live.open.isEmpty()) {
            dispatcher.closeOpen(live);
        }
        if (steps > 0) {
            handedOutNs = nowNs;
            restNs = live.main < end
                    ? 0
                    : Math.min(limits.restNsPerConnection * dispatcher.takeServedCount(), limits.restNsMax);
        }
        return steps;
    }

    /** Does some of what those need who are behind, about so many bytes; returns 0 when nobody can be served now. */
    public int catchUp(int bytesMax, long nowNs) {
        return catchUp.doWork(dispatcher, bytesMax, nowNs);
    }

    /** Watches that were quiet for long hear how far they are; those that are behind have not been quiet. */
    private int notifyProgress(long nowNs) {
        int workCount = 0;
        while (!awaitingProgress.isEmpty()
                && nowNs - awaitingProgress.peek().progressNs >= limits.progressIntervalNs
                && workCount < PROGRESS_STEPS_MAX) {
            Watcher watcher = awaitingProgress.poll();
            workCount++;
            if (watcher.pass == null) {
                continue;
            }
            boolean wasQuiet = nowNs - watcher.sentNs >= limits.progressIntervalNs;
            if (wasQuiet && isSynced(watcher) && output.hasRoom(watcher.session.connectionId)) {
                replies.progress(
                        watcher.session.connectionId, WatchReplies.PUSHED, machine.revision(), watcher.watchId, true);
                watcher.sentNs = nowNs;
            }
            watcher.progressNs = nowNs;
            awaitingProgress.add(watcher);
        }
        return workCount;
    }

    /** Ends the watches of a pass whose next events are neither in the log nor, being compacted, in history. */
    private void endCompacted(Pass pass) {
        long compactRevision = machine.compactRevision();
        if (pass.main >= compactRevision || log.has(pass.main)) {
            return;
        }
        for (int i = pass.count() - 1; i >= 0; i--) {
            Watcher watcher = pass.member(i);
            if (watcher.startMain < compactRevision) {
                end(watcher, compactRevision, COMPACTED);
            }
        }
        pass.moveTo(compactRevision, 0);
    }

    private void end(Watcher watcher, long compactRevision, String reason) {
        drop(watcher);
        WatchSession session = watcher.session;
        session.remove(watcher);
        replies.canceled(
                session.connectionId,
                WatchReplies.PUSHED,
                machine.revision(),
                watcher.watchId,
                compactRevision,
                reason);
    }

    private void drop(Watcher watcher) {
        watcher.pass.remove(watcher);
        watchCount--;
        heapBytes -= bytesOf(watcher.key, watcher.end);
        if (watchCount == 0) {
            log.end();
        }
    }
}
