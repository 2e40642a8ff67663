package io.stele.simulator.cluster;

import io.stele.simulator.Decision;
import io.stele.simulator.Sometimes;
import io.stele.simulator.Violation;
import io.stele.simulator.check.Answer;
import io.stele.simulator.workload.Call;
import io.stele.simulator.workload.Workload;
import io.stele.transport.client.sim.SimClient;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One client: makes calls, waits for their answers for so long, and goes to another member when its own is gone or does
 * not answer. What it has not heard of then has an unknown outcome, and stays so.
 */
final class ClusterClient implements Guest {
    private final ClusterWorld world;
    private final int number;
    private final Workload workload;
    private final SplittableRandom random;
    private final int place;

    /** In the order in which they were made. */
    private final Map<Long, Call> waiting = new LinkedHashMap<>();

    private SimMember member;
    private SimClient connection;
    private long callCount;
    private boolean isStopped;
    private boolean isPatient;
    private Consumer<Call> listener = call -> {};

    ClusterClient(ClusterWorld world, int number) {
        this.world = world;
        this.number = number;
        workload = new Workload(world.options.workload);
        random = world.dice.stream(Decision.CLIENT, number, 0);
        place = world.agenda.add(this::turn);
        world.agenda.set(place, world.time.nanoTime() + random.nextLong(world.options.thinkNs));
    }

    private void turn() {
        long nowNs = world.time.nanoTime();
        if (isOverdue(nowNs)) {
            world.coverage.note(Sometimes.CALL_GIVEN_UP);
            cut();
        }
        if (connection == null && !isStopped) {
            List<SimMember> up = world.up();
            if (!up.isEmpty()) {
                connect(up.get(random.nextInt(up.size())));
            }
        }
        if (!isStopped && connection != null && waiting.size() < world.options.workload.pipelineMax) {
            long call = callCount++;
            SplittableRandom stream = world.dice.stream(Decision.WORKLOAD, number, call);
            long revision = world.answers.model().revision();
            send(correlationId -> workload.next(correlationId, stream, revision));
        }
        int cutOneIn = world.options.workload.cutOneIn;
        if (!isPatient && cutOneIn > 0 && random.nextInt(cutOneIn) == 0) {
            cut();
        }
        world.agenda.set(place, nowNs + ClusterOptions.around(random, world.options.thinkNs));
    }

    private boolean isOverdue(long nowNs) {
        return !isPatient
                && !waiting.isEmpty()
                && nowNs - waiting.values().iterator().next().invokedNs > world.options.patienceNs;
    }

    void connect(SimMember newMember) {
        member = newMember;
        connection = member.connect();
        member.guests.add(this);
    }

    /** Makes no further calls of its own accord. */
    void stop() {
        isStopped = true;
    }

    /** Waits for answers however long they take, and ends no connection. */
    void waitForEver() {
        isPatient = true;
    }

    /** Who is to hear of answers. */
    void listener(Consumer<Call> newListener) {
        listener = newListener;
    }

    boolean isQuiet() {
        return waiting.isEmpty();
    }

    SimMember member() {
        return member;
    }

    Call send(LongFunction<Call> maker) {
        Call call = maker.apply(world.nextCorrelationId());
        call.invokedNs = world.time.nanoTime();
        world.answers.onInvoked(call, member.applied());
        world.timeline.fold(call.correlationId);
        if (world.timeline.isRead()) {
            world.say("client " + number + " sends " + member + " " + call);
        }
        waiting.put(call.correlationId, call);
        connection.send(new UnsafeBuffer(call.request), 0, call.request.length);
        member.wake(world.time.nanoTime() + world.options.cycleNs);
        return call;
    }

    @Override
    public void receive() {
        byte[] frame = connection.receive();
        while (frame != null) {
            onFrame(frame);
            frame = connection == null ? null : connection.receive();
        }
        if (connection != null && connection.isClosed()) {
            lose();
        }
    }

    private void onFrame(byte[] frame) {
        world.timeline.fold(frame);
        Call call = waiting.get(Answer.correlationId(frame));
        if (call == null) {
            throw new Violation(
                    "answers",
                    "client " + number + " got an answer to " + Answer.correlationId(frame)
                            + ", for which it does not wait");
        }
        call.frames.add(frame);
        if (!Answer.isPartial(frame)) {
            waiting.remove(call.correlationId);
            call.returnedNs = world.time.nanoTime();
            if (world.timeline.isRead()) {
                String error = Answer.errorText(frame);
                world.say("client " + number + " is answered by " + member + " " + call
                        + (error == null ? "" : ": " + error));
            }
            world.answers.onAnswered(call);
            listener.accept(call);
        }
    }

    /** Ends the connection from this side. */
    void cut() {
        if (connection != null) {
            world.coverage.note(Sometimes.CLIENT_CUT);
            connection.cut();
            member.wake(world.time.nanoTime());
            lose();
        }
    }

    @Override
    public void lose() {
        for (Call call : waiting.values()) {
            call.outcome = Call.Outcome.UNKNOWN;
        }
        waiting.clear();
        if (member != null) {
            member.guests.remove(this);
        }
        connection = null;
        member = null;
    }
}
