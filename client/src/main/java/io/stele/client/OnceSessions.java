package io.stele.client;

import static io.stele.transport.codec.MessageHeaderDecoder.ENCODED_LENGTH;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.client.ReplyReader.OpenedSession;
import io.stele.transport.MessageSequence;
import io.stele.transport.RequestFrame;
import io.stele.transport.codec.AuthChangeRequestDecoder;
import io.stele.transport.codec.CompactRequestDecoder;
import io.stele.transport.codec.DeleteRangeRequestDecoder;
import io.stele.transport.codec.ErrorCode;
import io.stele.transport.codec.LeaseGrantRequestDecoder;
import io.stele.transport.codec.LeaseRevokeRequestDecoder;
import io.stele.transport.codec.PutRequestDecoder;
import io.stele.transport.codec.TxnRequestDecoder;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.IntArrayList;

/**
 * The sessions in which this client's writes are numbered, so that the servers do each of them once however often it is
 * sent.
 *
 * <p>A write takes a free slot of a session and with it the slot's next sequence, and keeps both until its fate is
 * known or it is given up for good. When all slots are taken another session is opened, and the write waits. The first
 * one is opened for the first write.
 */
final class OnceSessions {
    private static final int SESSION_OFFSET = ENCODED_LENGTH + PutRequestDecoder.sessionIdEncodingOffset();
    private static final int SEQUENCE_OFFSET = ENCODED_LENGTH + PutRequestDecoder.sequenceEncodingOffset();

    /** Writes that may wait for a slot; who has more waits itself. */
    private static final int WAITING_MAX = 1024;

    /** One session. Guarded by the lock of the whole. */
    static final class Once {
        private final long id;
        private final long[] nextSequences;
        private final IntArrayList free = new IntArrayList();
        private boolean isLost;

        Once(OpenedSession opened) {
            id = opened.id();
            nextSequences = new long[opened.slotCount()];
            for (int slot = nextSequences.length - 1; slot >= 0; slot--) {
                nextSequences[slot] = slot == 0 ? nextSequences.length : slot; // 0 is no sequence
                free.addInt(slot);
            }
        }
    }

    private final SteleClient client;
    private final int sessionsMax;
    private final SecureRandom random = new SecureRandom();
    private final List<Once> sessions = new ArrayList<>();
    private final ArrayDeque<Call<?>> waiting = new ArrayDeque<>();
    private boolean isOpening;

    /** Whether the server knows nothing of sessions. */
    private boolean isUnknown;

    OnceSessions(SteleClient client, ClientContext context) {
        this.client = client;
        sessionsMax = 1 + context.inFlightMax * context.connectionCount / 64;
    }

    /** Whether a request is one that can be numbered. */
    static boolean concerns(Call<?> call) {
        return switch (RequestFrame.templateId(call.request, 0)) {
            case PutRequestDecoder.TEMPLATE_ID,
                    DeleteRangeRequestDecoder.TEMPLATE_ID,
                    TxnRequestDecoder.TEMPLATE_ID,
                    CompactRequestDecoder.TEMPLATE_ID,
                    LeaseGrantRequestDecoder.TEMPLATE_ID,
                    LeaseRevokeRequestDecoder.TEMPLATE_ID,
                    AuthChangeRequestDecoder.TEMPLATE_ID -> call.isWrite;
            default -> false;
        };
    }

    /** Numbers a write: true when it may be sent now; it will be, by itself, when not. */
    boolean assign(Call<?> call) {
        boolean mustOpen;
        synchronized (this) {
            if (isUnknown || take(call)) {
                return true;
            }
            waiting.add(call);
            mustOpen = mustOpen();
        }
        if (mustOpen) {
            open();
        }
        return false;
    }

    /** Whether another write would find room to wait. */
    synchronized boolean hasRoom() {
        return waiting.size() < WAITING_MAX;
    }

    private boolean mustOpen() {
        boolean mustOpen = !isOpening && sessions.size() < sessionsMax;
        isOpening |= mustOpen;
        return mustOpen;
    }

    private boolean take(Call<?> call) {
        for (int i = sessions.size() - 1; i >= 0; i--) {
            Once session = sessions.get(i);
            if (!session.free.isEmpty()) {
                int slot = session.free.popInt();
                call.once = session;
                call.onceSlot = slot;
                call.request.putLong(SESSION_OFFSET, session.id, LITTLE_ENDIAN);
                call.request.putLong(SEQUENCE_OFFSET, session.nextSequences[slot], LITTLE_ENDIAN);
                session.nextSequences[slot] += session.nextSequences.length;
                return true;
            }
        }
        return false;
    }

    /** A write's fate is known, or it will never be sent again: its slot is free. */
    void release(Call<?> call) {
        Call<?> next = null;
        synchronized (this) {
            Once session = call.once;
            call.once = null;
            if (session == null || session.isLost) {
                return;
            }
            session.free.addInt(call.onceSlot);
            if (!waiting.isEmpty()) {
                next = waiting.poll();
                take(next);
            }
        }
        if (next != null) {
            client.submit(next);
        }
    }

    /** The servers do not know the session of a write any more. */
    void lost(Call<?> call) {
        boolean mustOpen;
        synchronized (this) {
            call.once.isLost = true;
            sessions.remove(call.once);
            call.once = null;
            mustOpen = !waiting.isEmpty() && mustOpen();
        }
        if (mustOpen) {
            open();
        }
    }

    /** Ids of the sessions there are; nothing is to be sent in them afterwards. */
    synchronized List<Long> ids() {
        return sessions.stream().map(session -> session.id).toList();
    }

    /** Takes out the writes that have waited for longer than they may. */
    synchronized boolean expire(long nowNs, List<Call<?>> late) {
        waiting.removeIf(call -> {
            boolean isLate = nowNs - call.deadlineNs > 0;
            if (isLate) {
                late.add(call);
            }
            return isLate;
        });
        return !waiting.isEmpty();
    }

    private void open() {
        byte[] request = client.writer().openSession(random.nextLong());
        Call<OpenedSession> call = new Call<>(client, request, false) { // done twice it does no harm
                    @Override
                    OpenedSession decode(ReplyReader reader, MessageSequence reply) {
                        return reader.openSession(reply);
                    }
                };
        var unused = client.start(call).whenComplete(this::opened);
    }

    private void opened(OpenedSession opened, Throwable failure) {
        List<Call<?>> ready = new ArrayList<>();
        boolean mustOpen;
        synchronized (this) {
            isOpening = false;
            if (failure == null) {
                sessions.add(new Once(opened));
            } else {
                isUnknown |= failure instanceof SteleException e && e.code() == ErrorCode.UNIMPLEMENTED;
            }
            while (!waiting.isEmpty() && (isUnknown || take(waiting.peek()))) {
                ready.add(waiting.poll());
            }
            mustOpen = !waiting.isEmpty() && !client.isClosed() && mustOpen();
        }
        ready.forEach(client::submit);
        if (mustOpen) {
            open();
        }
    }
}
