package io.stele.simulator.cluster;

import io.stele.simulator.Sometimes;
import io.stele.simulator.check.Answer;
import io.stele.simulator.workload.Call;
import io.stele.simulator.workload.RequestWriter;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.KeyValueDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongFunction;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One who wants the lock, as etcd's recipe has it: puts a key of its own that lives as long as its lease, and has the
 * lock when no key that was created earlier is left, and its own one still is. Its token is its key's revision.
 */
final class Locker {
    private static final byte[] PREFIX = "lock/".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PREFIX_END = "lock0".getBytes(StandardCharsets.US_ASCII);

    private enum State {
        /** Has not put its key yet. */
        NEW,
        /** Has, and does not know of it yet. */
        ENTERING,
        /** Looks who is before it. */
        WAITING,
        /** Has the lock, or thinks so. */
        HOLDING,
        /** Wants it no more. */
        GONE
    }

    private final ClusterWorld world;
    private final ClusterClient client;
    private final long leaseId;
    private final byte[] key;
    private State state = State.NEW;
    private Call entry;
    private Call look;
    private long token;

    Locker(ClusterWorld world, ClusterClient client, long leaseId) {
        this.world = world;
        this.client = client;
        this.leaseId = leaseId;
        key = ("lock/" + leaseId).getBytes(StandardCharsets.US_ASCII);
    }

    /** Goes on; {@code isTired} is true when it lets go of a lock that it has. */
    void step(boolean isTired) {
        switch (state) {
            case NEW -> {
                entry = send(id -> new RequestWriter().put(id, key, new byte[0], leaseId, 0), "wait for the lock");
                state = State.ENTERING;
            }
            case ENTERING -> enter();
            case WAITING -> {
                if (look == null || look.outcome != Call.Outcome.WAITING) {
                    look = send(id -> new RequestWriter().between(id, PREFIX, PREFIX_END), "look at the lock");
                }
            }
            case HOLDING -> {
                if (isTired) {
                    send(id -> new RequestWriter().delete(id, key, new byte[0], false), "let go of the lock");
                    state = State.GONE;
                }
            }
            case GONE -> {
                // for good
            }
        }
    }

    private Call send(LongFunction<RequestWriter> request, String text) {
        return client.send(id -> new Call(id, request.apply(id).take(), text + " with lease " + leaseId));
    }

    private void enter() {
        if (entry.outcome == Call.Outcome.ANSWERED && Answer.errorText(entry.frames.get(0)) == null) {
            token = Answer.revision(entry.frames.get(0));
            state = State.WAITING;
        } else if (entry.outcome != Call.Outcome.WAITING) {
            state = State.GONE; // its key, if there is one, goes with the lease
        }
    }

    void onAnswered(Call call) {
        if (call != look || state != State.WAITING || Answer.errorText(call.frames.get(0)) != null) {
            return;
        }
        boolean isThere = false;
        boolean isFirst = true;
        byte[] answer = Answer.canonical(call.frames);
        MessageSequence m = new MessageSequence().wrap(new UnsafeBuffer(answer), 0, answer.length);
        while (m.next()) {
            if (m.templateId() == KeyValueDecoder.TEMPLATE_ID) {
                KeyValueDecoder pair = new KeyValueDecoder();
                pair.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version());
                isFirst &= pair.createRevision() >= token;
                byte[] other = new byte[pair.keyLength()];
                pair.getKey(other, 0, other.length);
                isThere |= Arrays.equals(key, other) && pair.createRevision() == token;
            }
        }
        if (!isThere && world.ports.lockersLookForTheirOwnKey()) {
            world.coverage.note(Sometimes.LOCK_LOST_WAITING);
            state = State.GONE;
        } else if (isFirst) {
            world.say("client with lease " + leaseId + " has the lock, token " + token);
            world.coverage.note(Sometimes.LOCK_TAKEN);
            world.locks.onTaken(leaseId, token, call.invokedNs, world.time.nanoTime());
            state = State.HOLDING;
        } else {
            world.coverage.note(Sometimes.LOCK_WAITED_FOR);
        }
    }
}
