package io.stele.simulator.cluster;

import io.stele.simulator.Decision;
import io.stele.simulator.Sometimes;
import io.stele.simulator.Violation;
import io.stele.simulator.check.Answer;
import io.stele.simulator.cluster.check.EventHistory;
import io.stele.simulator.cluster.check.WatchCheck;
import io.stele.simulator.cluster.check.WatchFrame;
import io.stele.simulator.workload.WatchOptions;
import io.stele.simulator.workload.WatchRequestWriter;
import io.stele.simulator.workload.WatchSpec;
import io.stele.transport.ApiError;
import io.stele.transport.MessageSequence;
import io.stele.transport.client.sim.SimClient;
import io.stele.transport.codec.ErrorReplyDecoder;
import io.stele.transport.codec.WatchCanceledReplyDecoder;
import io.stele.transport.codec.WatchCreatedReplyDecoder;
import io.stele.transport.codec.WatchEventsDecoder;
import io.stele.transport.codec.WatchProgressReplyDecoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One who watches: several watches on one connection. When that is lost, or nobody answers, all of them are opened
 * again on another member, each at the first revision of which it has not got everything. Stops reading now and then.
 */
final class WatchClient implements Guest {
    private static final String DUPLICATE_ID = "mvcc: duplicate watch ID provided on the WatchStream";
    private static final String NO_LEADER = "etcdserver: no leader";
    private static final long FIRST_CORRELATION_ID = 1L << 40;
    private static final long FIRST_CHOSEN_ID = 1L << 32;
    private static final int PUSHED = 0;

    /** One watch through all its openings. */
    private static final class Watch {
        final WatchSpec spec;
        final WatchCheck check;
        long watchId;
        boolean isAsked;
        boolean isOpen;

        Watch(WatchSpec spec, WatchCheck check) {
            this.spec = spec;
            this.check = check;
        }
    }

    /** What was asked for and not answered. */
    private enum Kind {
        CREATE,
        CANCEL,
        PROGRESS
    }

    /**
     * What it is about.
     *
     * @param watch null if it is about none alone
     * @param ids as the server knows them; none: the wanted one is the server's choice, or all are meant
     */
    private record Asked(Kind kind, Watch watch, List<Long> ids, long sinceNs) {}

    private final ClusterWorld world;
    private final int number;
    private final WatchOptions options;
    private final SplittableRandom random;
    private final int place;
    private final EventHistory history;
    private final WatchRequestWriter writer = new WatchRequestWriter();
    private final List<Watch> watches = new ArrayList<>();
    private final Map<Long, Asked> asked = new LinkedHashMap<>();
    private final Map<Long, Watch> byId = new LinkedHashMap<>();
    private SimMember member;
    private int installCount;
    private SimClient connection;
    private long requestCount;
    private long watchCount;
    private long deafUntilNs;
    private boolean isSettled;

    WatchClient(ClusterWorld world, int number) {
        this.world = world;
        this.number = number;
        options = world.options.watches;
        history = new EventHistory(world.answers.model());
        random = world.dice.stream(Decision.WATCH, number, 0);
        place = world.agenda.add(this::turn);
        world.agenda.set(place, world.time.nanoTime() + ClusterOptions.around(random, options.thinkNs));
    }

    private void turn() {
        long nowNs = world.time.nanoTime();
        world.agenda.set(place, nowNs + ClusterOptions.around(random, options.thinkNs));
        receive();
        if (!isDeaf() && isOverdue(nowNs)) {
            leave("has no answer from " + member);
        }
        if (connection == null) {
            List<SimMember> up = world.up();
            if (!up.isEmpty()) {
                connect(up.get(random.nextInt(up.size())));
            }
        } else if (!isSettled) {
            act(nowNs);
        }
        if (connection != null) {
            openAll();
        }
    }

    /** Nothing happens to it any more of its own accord, but that it opens its watches again. */
    void settle() {
        isSettled = true;
        deafUntilNs = 0;
    }

    boolean isCaughtUp() {
        for (Watch watch : watches) {
            if (!watch.isOpen || !watch.check.isCaughtUp()) {
                return false;
            }
        }
        return true;
    }

    String describe() {
        StringBuilder text = new StringBuilder("\n    watcher " + number + " at " + member);
        for (Watch watch : watches) {
            text.append("\n      ")
                    .append(watch.check)
                    .append(" of ")
                    .append(watch.spec)
                    .append(watch.isOpen ? " open" : watch.isAsked ? " asked for" : " closed")
                    .append(" next ")
                    .append(watch.check.next())
                    .append(watch.check.isCaughtUp() ? "" : ", behind");
        }
        return text.toString();
    }

    private boolean isDeaf() {
        return deafUntilNs > world.time.nanoTime();
    }

    private boolean isOverdue(long nowNs) {
        return !asked.isEmpty() && nowNs - asked.values().iterator().next().sinceNs > world.options.patienceNs;
    }

    private boolean happens(int oneIn) {
        return oneIn > 0 && random.nextInt(oneIn) == 0;
    }

    private void act(long nowNs) {
        if (watches.size() < options.watchesMax && random.nextInt(3) == 0) {
            long revision = world.answers.model().revision();
            long compactRevision = world.answers.model().compactRevision();
            WatchSpec spec = WatchSpec.draw(random, world.options.workload.keyCount, revision, compactRevision);
            String name = "watch " + number + "." + ++watchCount;
            watches.add(new Watch(spec, new WatchCheck(name, spec, history, world.coverage)));
        }
        if (happens(options.askOneIn)) {
            askForProgress();
        }
        if (happens(options.cancelOneIn) && !byId.isEmpty()) {
            Watch watch = any();
            say("cancels " + watch.check);
            send(writer.cancel(nextRequest(Kind.CANCEL, watch, List.of(watch.watchId)), watch.watchId));
        }
        if (happens(options.leaveOneIn)) {
            leave("leaves " + member);
        } else if (happens(options.deafOneIn)) {
            deafUntilNs = nowNs + ClusterOptions.around(random, options.deafNs);
            world.coverage.note(Sometimes.WATCH_READER_STOPPED);
            say("stops reading");
        }
    }

    private Watch any() {
        return new ArrayList<>(byId.values()).get(random.nextInt(byId.size()));
    }

    private void askForProgress() {
        List<Long> ids = random.nextBoolean() || byId.isEmpty() ? List.of() : List.of(any().watchId, any().watchId);
        send(writer.progress(nextRequest(Kind.PROGRESS, null, ids), ids));
    }

    /** Opens those that are closed, each where it stands. */
    private void openAll() {
        for (Watch watch : watches) {
            if (!watch.isAsked && !watch.isOpen) {
                watch.isAsked = true;
                boolean isChosen = random.nextInt(4) == 0;
                boolean isTaken = isChosen && !byId.isEmpty() && random.nextInt(4) == 0;
                long wantedId = isTaken ? any().watchId : isChosen ? FIRST_CHOSEN_ID + requestCount : 0;
                long id = nextRequest(Kind.CREATE, watch, wantedId == 0 ? List.of() : List.of(wantedId));
                say("asks " + member + " for " + watch.check + " of " + watch.spec + " from revision "
                        + watch.check.next());
                send(writer.create(id, watch.spec, wantedId, watch.check.next()));
            }
        }
    }

    private long nextRequest(Kind kind, Watch watch, List<Long> ids) {
        long id = FIRST_CORRELATION_ID * (number + 1) + ++requestCount;
        asked.put(id, new Asked(kind, watch, ids, world.time.nanoTime()));
        return id;
    }

    private void send(byte[] request) {
        world.timeline.fold(request);
        connection.send(new UnsafeBuffer(request), 0, request.length);
        member.wake(world.time.nanoTime() + world.options.cycleNs);
    }

    private void connect(SimMember newMember) {
        member = newMember;
        installCount = member.installCount();
        connection = member.connect();
        member.guests.add(this);
    }

    private void leave(String why) {
        say(why);
        connection.cut();
        member.wake(world.time.nanoTime());
        lose();
    }

    @Override
    public void lose() {
        if (member != null) {
            member.guests.remove(this);
        }
        for (Watch watch : watches) {
            if (watch.isOpen) {
                world.coverage.note(Sometimes.WATCH_RESUMED);
            }
            close(watch);
        }
        connection = null;
        member = null;
        asked.clear();
        byId.clear();
    }

    private static void close(Watch watch) {
        watch.isAsked = false;
        watch.isOpen = false;
        watch.check.onLost();
    }

    @Override
    public void receive() {
        if (connection == null || isDeaf()) {
            return;
        }
        byte[] frame = connection.receive();
        while (frame != null) {
            world.timeline.fold(frame);
            onFrame(frame);
            frame = connection == null ? null : connection.receive();
        }
        if (connection != null && connection.isClosed()) {
            lose();
        }
    }

    private WatchCheck.Stand stand() {
        var machine = member.node().machine();
        return new WatchCheck.Stand(machine.revision(), machine.compactRevision());
    }

    private void onFrame(byte[] frame) {
        MessageSequence m = new MessageSequence().wrap(new UnsafeBuffer(frame), 0, frame.length);
        m.next();
        switch (m.templateId()) {
            case WatchCreatedReplyDecoder.TEMPLATE_ID -> onCreated(m);
            case WatchCanceledReplyDecoder.TEMPLATE_ID -> onCanceled(m);
            case WatchProgressReplyDecoder.TEMPLATE_ID -> onProgress(m);
            case WatchEventsDecoder.TEMPLATE_ID -> onEvents(WatchFrame.read(frame));
            case ErrorReplyDecoder.TEMPLATE_ID -> leave("is refused by " + member + ": " + Answer.errorText(frame));
            default -> throw protocol("message " + m.templateId());
        }
    }

    private Violation protocol(String message) {
        return new Violation("watch protocol", "watcher " + number + " at " + member + ": " + message);
    }

    private Asked taken(long correlationId, Kind... kinds) {
        Asked request = asked.remove(correlationId);
        if (request == null || !List.of(kinds).contains(request.kind)) {
            throw protocol("answer to " + correlationId + ", which was not asked");
        }
        return request;
    }

    private void onCreated(MessageSequence m) {
        WatchCreatedReplyDecoder d = new WatchCreatedReplyDecoder();
        d.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version());
        Asked request = taken(d.correlationId(), Kind.CREATE);
        Watch watch = request.watch;
        boolean isOther = !request.ids.isEmpty() && request.ids.get(0) != d.watchId();
        if (isOther || byId.containsKey(d.watchId()) || watch.spec.refusal() != null) {
            throw protocol(watch.check + " of " + watch.spec + " was created as " + d.watchId() + ", wanted was "
                    + request.ids);
        }
        watch.isAsked = false;
        watch.isOpen = true;
        watch.watchId = d.watchId();
        byId.put(watch.watchId, watch);
        watch.check.onCreated(d.revision(), stand());
        say(watch.check + " is " + watch.watchId + " at " + member + ", at revision " + d.revision());
    }

    private void onCanceled(MessageSequence m) {
        WatchCanceledReplyDecoder d = new WatchCanceledReplyDecoder();
        d.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version());
        long watchId = d.watchId();
        long compactRevision = d.compactRevision();
        long correlationId = d.correlationId();
        String reason = d.reason();
        if (correlationId == PUSHED) {
            onEnded(watchId, compactRevision, reason);
            return;
        }
        Asked request = taken(correlationId, Kind.CREATE, Kind.CANCEL);
        if (request.kind == Kind.CREATE) {
            onRefused(request, request.watch, reason);
        } else if (watchId != request.ids.get(0)) {
            throw protocol("the end of " + watchId + ", asked for was that of " + request.ids);
        } else if (byId.containsKey(watchId)) { // another one perhaps, which was given the same id meanwhile
            Watch ended = byId.get(watchId);
            say(ended.check + " has ended as asked");
            world.coverage.note(Sometimes.WATCH_CANCELED);
            forget(ended);
        }
    }

    private void onRefused(Asked request, Watch watch, String reason) {
        boolean isTaken = !request.ids.isEmpty() && byId.containsKey(request.ids.get(0));
        String expected = watch.spec.refusal() != null ? watch.spec.refusal() : isTaken ? DUPLICATE_ID : null;
        if (!reason.equals(expected)) {
            throw protocol(watch.check + " of " + watch.spec + " was refused: " + reason + ", expected: " + expected);
        }
        world.coverage.note(Sometimes.WATCH_REFUSED);
        if (reason.equals(DUPLICATE_ID)) {
            watch.isAsked = false;
        } else {
            forget(watch);
        }
    }

    private void forget(Watch watch) {
        byId.remove(watch.watchId, watch);
        watches.remove(watch);
        close(watch);
    }

    /** Ended by the server, and opened again. */
    private void onEnded(long watchId, long compactRevision, String reason) {
        Watch watch = byId.remove(watchId);
        if (watch == null) {
            throw protocol("the end of watch " + watchId + ", which there is not");
        }
        say(watch.check + " was ended by " + member + ": "
                + (compactRevision > 0 ? "compacted " + compactRevision : reason));
        if (compactRevision > 0) {
            watch.check.onCompacted(compactRevision, stand());
        } else if (reason.equals(NO_LEADER) && watch.spec.requireLeader()) {
            world.coverage.note(Sometimes.WATCH_WITHOUT_LEADER);
        } else if (reason.equals(ApiError.UNHEALTHY.text()) && member.rot.isHarmed()) {
            world.coverage.note(Sometimes.WATCH_ENDED_BY_ROT);
        } else {
            throw protocol(watch.check + " was ended: " + reason);
        }
        close(watch);
    }

    private void onProgress(MessageSequence m) {
        WatchProgressReplyDecoder d = new WatchProgressReplyDecoder();
        d.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version());
        boolean isSynced = d.synced() == 1;
        List<Long> about;
        if (d.correlationId() == PUSHED) {
            Watch watch = byId.get(d.watchId());
            if (watch == null || !watch.spec.progressNotify() || !isSynced) {
                throw protocol("progress of " + d.watchId() + ", which nobody wants to know");
            }
            world.coverage.note(Sometimes.WATCH_PROGRESS_TOLD);
            about = List.of(d.watchId());
        } else {
            List<Long> ids = taken(d.correlationId(), Kind.PROGRESS).ids;
            about = ids.isEmpty() ? new ArrayList<>(byId.keySet()) : ids;
            world.coverage.note(isSynced ? Sometimes.WATCH_PROGRESS_ASKED : Sometimes.WATCH_PROGRESS_BEHIND);
        }
        for (long watchId : about) {
            Watch watch = byId.get(watchId);
            if (watch != null) {
                watch.check.onProgress(d.revision(), isSynced, stand());
            }
        }
        say("hears of progress up to revision " + d.revision() + (isSynced ? "" : ", not up to date"));
    }

    private void onEvents(WatchFrame frame) {
        if (world.timeline.isRead()) {
            say("gets " + frame.events().size() + " events up to revision " + frame.revision()
                    + (frame.isFragment() ? ", not all of it," : "") + " for " + frame.watchIds());
        }
        if (frame.watchIds().size() > 1) {
            world.coverage.note(Sometimes.WATCH_EVENT_FOR_SEVERAL);
        }
        if (member.installCount() > installCount) {
            world.coverage.note(Sometimes.WATCH_ACROSS_SNAPSHOT);
        }
        WatchCheck.Stand stand = stand();
        for (long watchId : frame.watchIds()) {
            Watch watch = byId.get(watchId);
            if (watch == null) {
                throw protocol("events for watch " + watchId + ", which there is not");
            }
            world.coverage.event(frame.events().size());
            watch.check.onEvents(frame, stand);
        }
    }

    private void say(String line) {
        if (world.timeline.isRead()) {
            world.say("watcher " + number + ": " + line);
        }
    }
}
