package io.stele.simulator.cluster;

import io.stele.simulator.Decision;
import io.stele.simulator.Sometimes;
import io.stele.simulator.Violation;
import io.stele.simulator.check.Answer;
import io.stele.simulator.workload.Call;
import io.stele.simulator.workload.OnceOptions;
import io.stele.simulator.workload.RequestWriter;
import io.stele.transport.ApiError;
import io.stele.transport.codec.OpenSessionRequestDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongFunction;

/**
 * One who numbers his writes in a session, and sends them again under the same numbers, to whatever member, until he
 * knows what has become of them. Now and then he gives one up, closes his session, or is told that it is forgotten.
 */
final class OnceClient {
    private static final int FIRST_NUMBER = 300;

    private final ClusterWorld world;
    private final OnceOptions options;
    private final SplittableRandom random;
    private final int place;
    private final String name;

    /** Connections, so that a write can be on its way to two members. */
    private final List<ClusterClient> clients = new ArrayList<>();

    private final List<OnceLane> lanes = new ArrayList<>();

    /** 0: he has none. */
    private long sessionId;

    private Call opening;
    private Call closing;
    private long closingId;
    private boolean isSettling;

    OnceClient(ClusterWorld world, int number) {
        this.world = world;
        options = world.options.once;
        random = world.dice.stream(Decision.ONCE, number, 0);
        name = "writer " + number;
        for (int i = 0; i < 2; i++) {
            ClusterClient client = new ClusterClient(world, FIRST_NUMBER + 2 * number + i);
            client.stop();
            client.listener(this::onAnswered);
            clients.add(client);
        }
        int firstSlot = random.nextInt(OnceLane.SLOTS);
        for (int i = 0; i < options.laneCount; i++) {
            lanes.add(new OnceLane(this, world, name + "/" + i, (firstSlot + i * 13) % OnceLane.SLOTS, random));
        }
        place = world.agenda.add(this::turn);
        world.agenda.set(place, world.time.nanoTime() + ClusterOptions.around(random, options.thinkNs));
    }

    /** Writes nothing more, but finds out what has become of everything. */
    void settle() {
        isSettling = true;
        lanes.forEach(OnceLane::settle);
    }

    boolean isSettled() {
        return closing == null && lanes.stream().allMatch(OnceLane::isSettled);
    }

    private void turn() {
        long nowNs = world.time.nanoTime();
        world.agenda.set(place, nowNs + ClusterOptions.around(random, options.thinkNs));
        if ((isSettling && isSettled()) || !connect()) {
            return;
        }
        if (closing != null) {
            close();
        } else if (sessionId == 0) {
            open();
        } else if (!isSettling && chance(options.closeOneIn) && lanes.stream().allMatch(OnceLane::isIdle)) {
            closingId = sessionId;
            if (random.nextBoolean()) {
                close();
            } else {
                loseSession(sessionId);
            }
        } else {
            lanes.forEach(lane -> lane.step(sessionId, isSettling));
        }
    }

    boolean chance(int oneIn) {
        return oneIn > 0 && random.nextInt(oneIn) == 0;
    }

    private boolean connect() {
        List<SimMember> up = world.up();
        for (ClusterClient client : clients) {
            if (client.member() == null) {
                if (up.isEmpty()) {
                    return false;
                }
                client.connect(up.get(random.nextInt(up.size())));
            }
        }
        return true;
    }

    private void open() {
        if (opening == null || opening.outcome != Call.Outcome.WAITING) {
            long nonce = random.nextLong();
            opening = send(0, id -> new RequestWriter().openSession(id, nonce).take(), "open a session");
            for (int i = random.nextInt(options.unusedMax + 1); i > 0; i--) {
                send(1, id -> new RequestWriter().openSession(id, id).take(), "open a session for nobody");
            }
        }
    }

    private void close() {
        if (closing == null || closing.outcome != Call.Outcome.WAITING) {
            closing = send(
                    0,
                    id -> new RequestWriter().closeSession(id, closingId).take(),
                    "close session " + Long.toHexString(closingId));
        }
    }

    /** Over one of the connections. */
    Call send(int connection, LongFunction<byte[]> request, String text) {
        return clients.get(connection).send(id -> {
            Call call = new Call(id, request.apply(id), name + ": " + text);
            call.isOfOwnKey = true;
            return call;
        });
    }

    private void onAnswered(Call call) {
        String error = Answer.errorText(call.frames.get(0));
        if (call == opening) {
            sessionId = error == null ? Answer.openedSession(call.frames.get(0)) : sessionId;
        } else if (call == closing) {
            if (error == null || error.equals(ApiError.SESSION_NOT_FOUND.text())) {
                world.coverage.note(Sometimes.ONCE_SESSION_CLOSED);
                closing = null;
                loseSession(closingId);
            }
        } else if (call.templateId != OpenSessionRequestDecoder.TEMPLATE_ID) {
            boolean isKnown = lanes.stream().anyMatch(lane -> lane.onAnswered(call, error));
            if (!isKnown && error == null) {
                throw new Violation("answers", call + " was answered, but nobody waits");
            }
        }
        if (call.wasRefused && random.nextBoolean()) {
            clients.forEach(ClusterClient::cut);
        }
    }

    /** The members know nothing of a session any more, or nothing is under way in it: no number of it will be done. */
    void loseSession(long id) {
        if (sessionId == id) {
            sessionId = 0;
            lanes.forEach(OnceLane::onSessionLost);
        }
    }
}
