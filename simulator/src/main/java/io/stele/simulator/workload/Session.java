package io.stele.simulator.workload;

import io.stele.simulator.Timeline;
import io.stele.simulator.Violation;
import io.stele.simulator.check.Answer;
import io.stele.simulator.check.Answers;
import io.stele.transport.client.sim.SimClient;
import java.util.LinkedHashMap;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;

/** One simulated client: its connection and the calls that it waits for. Outlives connections and nodes. */
public final class Session {
    private final int number;
    private final Answers answers;
    private final Timeline timeline;

    /** In the order in which they were made. */
    private final Map<Long, Call> waiting = new LinkedHashMap<>();

    private SimClient connection;
    private long callCount;

    public Session(int number, Answers answers, Timeline timeline) {
        this.number = number;
        this.answers = answers;
        this.timeline = timeline;
    }

    public int number() {
        return number;
    }

    public void connect(SimClient client) {
        connection = client;
    }

    public boolean isConnected() {
        return connection != null && !connection.isClosed();
    }

    public int waitingCount() {
        return waiting.size();
    }

    /** Number of calls made, for drawing the next one. */
    public long nextCallNumber() {
        return callCount++;
    }

    public void send(Call call, long appliedIndex) {
        answers.onInvoked(call, appliedIndex);
        timeline.fold(call.correlationId);
        if (timeline.isRead()) {
            timeline.say("client " + number + " sends " + call);
        }
        waiting.put(call.correlationId, call);
        connection.send(new UnsafeBuffer(call.request), 0, call.request.length);
    }

    /** Takes at most so many frames; returns how many there were. */
    public int receive(int limit) {
        int count = 0;
        byte[] frame = limit > 0 && connection != null ? connection.receive() : null;
        while (frame != null) {
            count++;
            onFrame(frame);
            frame = count < limit ? connection.receive() : null;
        }
        return count;
    }

    private void onFrame(byte[] frame) {
        timeline.fold(frame);
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
            if (timeline.isRead()) {
                timeline.say("client " + number + " has the answer to " + call);
            }
            answers.onAnswered(call);
        }
    }

    /** The connection or the node is gone. */
    public void lose() {
        for (Call call : waiting.values()) {
            call.outcome = Call.Outcome.UNKNOWN;
        }
        waiting.clear();
        connection = null;
    }

    /** Ends the connection from this side. */
    public void cut() {
        connection.cut();
        lose();
    }
}
