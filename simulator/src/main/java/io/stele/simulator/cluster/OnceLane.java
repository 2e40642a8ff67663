package io.stele.simulator.cluster;

import io.stele.simulator.Sometimes;
import io.stele.simulator.Violation;
import io.stele.simulator.check.Answer;
import io.stele.simulator.cluster.check.OnceKey;
import io.stele.simulator.workload.Call;
import io.stele.simulator.workload.OnceWrite;
import io.stele.simulator.workload.RequestWriter;
import io.stele.transport.ApiError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** One slot of a session, with a key of its own: the writes under its numbers, one after the other. */
final class OnceLane {
    /** Of a session. */
    static final int SLOTS = 128;

    private static final int LONG_VALUE = 2500;

    /** A write under its number, and all the times that it was sent. */
    private static final class Attempt {
        final OnceWrite write;
        final long sessionId;
        final long sequence;
        final List<Call> copies = new ArrayList<>();
        byte[] answer;
        boolean isDone;

        Attempt(OnceWrite write, long sessionId, long sequence) {
            this.write = write;
            this.sessionId = sessionId;
            this.sequence = sequence;
        }

        boolean isUnderWay() {
            return copies.stream().anyMatch(copy -> copy.outcome == Call.Outcome.WAITING);
        }
    }

    private final OnceClient client;
    private final ClusterWorld world;
    private final String name;
    private final OnceKey key;
    private final int slot;
    private final SplittableRandom random;

    /** Those of which copies may still be answered; the newest last. */
    private final List<Attempt> attempts = new ArrayList<>();

    /** Null: no write is under way. */
    private Attempt current;

    private Call look;
    private boolean hasLooked;
    private long sequence;

    OnceLane(OnceClient client, ClusterWorld world, String name, int slot, SplittableRandom random) {
        this.client = client;
        this.world = world;
        this.name = name;
        this.slot = slot;
        this.random = random;
        key = new OnceKey(ClusterOptions.ONCE_KEYS + name);
        sequence = slot;
    }

    boolean isIdle() {
        return current == null && look == null;
    }

    /** Is to look once more what its key is. */
    void settle() {
        hasLooked = false;
    }

    boolean isSettled() {
        return isIdle() && hasLooked && key.isKnown();
    }

    /** Numbers begin anew in the next session; what is under way in the lost one is never done from now on. */
    void onSessionLost() {
        sequence = slot;
        if (current != null) {
            giveUp();
        }
    }

    private void giveUp() {
        world.coverage.note(Sometimes.ONCE_GIVEN_UP);
        current = null;
        key.onGivenUp();
    }

    void step(long sessionId, boolean isSettling) {
        if (look != null) {
            look = look.outcome == Call.Outcome.WAITING ? look : null;
        } else if (current != null) {
            pursue(isSettling);
        } else if (!key.isUnknown() && (!key.isKnown() || isSettling)) {
            if (!hasLooked || !key.isKnown()) {
                look = client.send(
                        0, id -> new RequestWriter().get(id, key.key()).take(), "look at " + name);
            }
        } else {
            sequence += (long) SLOTS * (1 + (sequence == 0 ? 0 : random.nextInt(2)));
            current = new Attempt(next(), sessionId, sequence);
            attempts.removeIf(attempt -> !attempt.isUnderWay());
            attempts.add(current);
            send(0);
        }
    }

    private OnceWrite next() {
        byte[] value = new byte[random.nextInt(8) == 0 ? LONG_VALUE : 8 + random.nextInt(16)];
        random.nextBytes(value);
        if (key.isUnknown()) {
            return key.write(OnceWrite.Kind.SET, value);
        }
        return switch (random.nextInt(5)) {
            case 0 -> key.write(OnceWrite.Kind.REMOVE, null);
            case 1, 2 -> key.write(OnceWrite.Kind.ADVANCE, value);
            default -> key.write(OnceWrite.Kind.PUT, value);
        };
    }

    /** Sends it again if nothing is to be heard of it any more, or to a second member before that. */
    private void pursue(boolean isSettling) {
        if (current.isUnderWay()) {
            if (client.chance(world.options.once.secondOneIn) && current.copies.size() < 4) {
                world.coverage.note(Sometimes.ONCE_SENT_TO_TWO);
                send(1);
            }
        } else if (!isSettling && client.chance(world.options.once.giveUpOneIn)) {
            giveUp();
        } else {
            send(random.nextInt(2));
        }
    }

    private void send(int connection) {
        Attempt attempt = current;
        boolean isNumbered = world.ports.writesAreNumbered();
        attempt.copies.add(client.send(
                connection,
                id -> attempt.write.request(id, isNumbered ? attempt.sessionId : 0, isNumbered ? attempt.sequence : 0),
                attempt.write + " number " + attempt.sequence + " in " + Long.toHexString(attempt.sessionId)
                        + (attempt.copies.isEmpty() ? "" : ", again")));
    }

    /** False if it is about something else. */
    boolean onAnswered(Call call, String error) {
        if (call == look) {
            look = null;
            if (error == null) {
                key.onLook(Answer.canonical(call.frames));
                hasLooked = true;
                world.coverage.note(Sometimes.ONCE_SETTLED);
            }
            return true;
        }
        for (Attempt attempt : attempts) {
            if (attempt.copies.contains(call)) {
                onAnswered(attempt, call, error);
                return true;
            }
        }
        return false;
    }

    private void onAnswered(Attempt attempt, Call call, String error) {
        boolean isForgotten = error != null && error.equals(ApiError.REPLY_LOST.text());
        if (error == null || isForgotten) {
            onDone(attempt, call, isForgotten);
        } else if (error.equals(ApiError.SESSION_NOT_FOUND.text())) {
            world.coverage.note(Sometimes.ONCE_SESSION_EVICTED);
            client.loseSession(attempt.sessionId);
        } else if (error.equals(ApiError.SEQUENCE_OVERTAKEN.text())) {
            world.coverage.note(Sometimes.ONCE_OVERTAKEN);
            if (attempt.sequence == sequence && attempt == attempts.get(attempts.size() - 1)) {
                throw new Violation("exactly once", call + " is said to be overtaken, but nothing came after it");
            }
        } else if (!call.wasRefused) {
            throw new Violation("exactly once", call + " was answered " + error);
        } else if (attempt == current && error.equals(ApiError.NO_SPACE.text())) {
            giveUp(); // the refusal may have been remembered
        }
    }

    private void onDone(Attempt attempt, Call call, boolean isForgotten) {
        byte[] answer = Answer.addressed(Answer.canonical(call.frames), 0);
        if (isForgotten) {
            world.coverage.note(Sometimes.ONCE_REPLY_FORGOTTEN);
        } else if (attempt.answer != null && !Arrays.equals(attempt.answer, answer)) {
            throw new Violation(
                    "exactly once",
                    call + " was answered" + Answer.text(answer) + "\n  and before" + Answer.text(attempt.answer));
        } else {
            attempt.answer = answer;
        }
        if (attempt.copies.size() > 1 && !attempt.isDone) {
            world.coverage.note(Sometimes.ONCE_REPEATED);
        }
        attempt.isDone = true;
        if (attempt == current) {
            current = null;
            hasLooked = false;
            if (isForgotten) {
                key.onDoneUnseen(attempt.write);
            } else {
                key.onDone(attempt.write, answer);
            }
        }
    }
}
