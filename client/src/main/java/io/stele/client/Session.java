package io.stele.client;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.client.ClientContext.Endpoint;
import io.stele.transport.ReplySplitter;
import io.stele.transport.RequestFrame;
import io.stele.transport.SendResult;
import io.stele.transport.client.ServerConnection;
import io.stele.transport.client.ServerHandler;
import io.stele.transport.client.ServerIdentity;
import io.stele.transport.codec.ErrorCode;
import io.stele.transport.codec.ErrorReplyDecoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.PutReplyDecoder;
import io.stele.transport.codec.PutRequestEncoder;
import java.util.concurrent.TimeUnit;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.ManyToManyConcurrentArrayQueue;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One connection's life, and the requests that wait for its replies.
 *
 * <pre>
 *   correlationId:  | use of the slot | slot |     a reply that comes after its request was given up finds a later use
 * </pre>
 *
 * <p>A slot is taken by the caller; from the moment the network thread has seen the request, the slot is that
 * thread's alone: reply, timeout and loss of the connection cannot race.
 */
final class Session implements ServerHandler {
    private static final long SWEEP_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(25);

    /** All replies have their term at one place. */
    private static final int TERM_OFFSET =
            MessageHeaderDecoder.ENCODED_LENGTH + PutReplyDecoder.raftTermEncodingOffset();

    private static final int VARIABLE_HEADER_LENGTH = PutRequestEncoder.keyHeaderLength();
    /** A put's header and block, its correlation id still 0. */
    private static final DirectBuffer PUT_START = putStart();

    private static final class Pending {
        long correlationId;
        long token;
        long deadlineNs;
        boolean isWrite;
        boolean isSent;
        ReplyHandler handler;

        Pending(int slot) {
            correlationId = slot;
        }
    }

    private final Lane lane;
    private final Endpoint endpoint;
    private final long timeoutNs;
    private final Pending[] pendings;
    private final int slotMask;
    private final ManyToManyConcurrentArrayQueue<Pending> freeSlots;
    private final MessageHeaderDecoder headerDecoder = new MessageHeaderDecoder();
    private final ErrorReplyDecoder errorDecoder = new ErrorReplyDecoder();

    /** Both set before the lane offers the session to callers. */
    private ServerConnection connection;

    private ServerIdentity identity;
    private int sentCount;
    private boolean isSweeping;

    /** When something was last heard, or was not being waited for. */
    private long heardNs;

    private long sweptNs;
    private long patienceNs;
    private boolean isRetired;

    Session(Lane lane, Endpoint endpoint, int inFlightMax, long timeoutNs) {
        this.lane = lane;
        this.endpoint = endpoint;
        patienceNs = lane.patienceNs();
        this.timeoutNs = timeoutNs;
        pendings = new Pending[BitUtil.findNextPositivePowerOfTwo(inFlightMax)];
        slotMask = pendings.length - 1;
        freeSlots = new ManyToManyConcurrentArrayQueue<>(Math.max(2, pendings.length));
        for (int slot = 0; slot < pendings.length; slot++) {
            pendings[slot] = new Pending(slot);
            if (slot < inFlightMax) {
                freeSlots.offer(pendings[slot]);
            }
        }
    }

    Endpoint endpoint() {
        return endpoint;
    }

    ServerIdentity identity() {
        return identity;
    }

    // ---- any thread

    /** Sends a request that is encoded but for its correlation id. Returns a SendResult. */
    int send(DirectBuffer request, int offset, int length, boolean isWrite, ReplyHandler handler, long token) {
        if (length > identity.frameLengthMax()) {
            throw new IllegalArgumentException("request of " + length + " bytes");
        }
        Pending pending = take(isWrite, handler, token);
        if (pending == null) {
            return SendResult.BACK_PRESSURED;
        }
        int result = connection.send(request, offset, length, pending.correlationId);
        if (result != SendResult.QUEUED) {
            giveBack(pending);
        }
        return result;
    }

    /** Sends a put without options, put together where it leaves from: no encoder, no object. */
    int put(
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            DirectBuffer value,
            int valueOffset,
            int valueLength,
            ReplyHandler handler,
            long token) {
        int length = PUT_START.capacity() + 2 * VARIABLE_HEADER_LENGTH + keyLength + valueLength;
        if (length > connection.claimLengthMax()) {
            throw new IllegalArgumentException("too long for a raw put: encode it and use send");
        }
        Pending pending = take(true, handler, token);
        if (pending == null) {
            return SendResult.BACK_PRESSURED;
        }
        int index = connection.claim(length);
        if (index < 0) {
            giveBack(pending);
            return index;
        }
        MutableDirectBuffer buffer = connection.buffer();
        buffer.putBytes(index, PUT_START, 0, PUT_START.capacity());
        buffer.putLong(index + MessageHeaderEncoder.ENCODED_LENGTH, pending.correlationId, LITTLE_ENDIAN);
        int keyIndex = index + PUT_START.capacity() + VARIABLE_HEADER_LENGTH;
        buffer.putInt(keyIndex - VARIABLE_HEADER_LENGTH, keyLength, LITTLE_ENDIAN);
        buffer.putBytes(keyIndex, key, keyOffset, keyLength);
        int valueIndex = keyIndex + keyLength + VARIABLE_HEADER_LENGTH;
        buffer.putInt(valueIndex - VARIABLE_HEADER_LENGTH, valueLength, LITTLE_ENDIAN);
        buffer.putBytes(valueIndex, value, valueOffset, valueLength);
        connection.commit(index);
        return SendResult.QUEUED;
    }

    private static DirectBuffer putStart() {
        UnsafeBuffer start =
                new UnsafeBuffer(new byte[MessageHeaderEncoder.ENCODED_LENGTH + PutRequestEncoder.BLOCK_LENGTH]);
        PutRequestEncoder encoder = new PutRequestEncoder().wrapAndApplyHeader(start, 0, new MessageHeaderEncoder());
        encoder.correlationId(0).sessionId(0).sequence(0).lease(0);
        encoder.flags().clear();
        return start;
    }

    private Pending take(boolean isWrite, ReplyHandler handler, long token) {
        Pending pending = freeSlots.poll();
        if (pending != null) {
            pending.isWrite = isWrite;
            pending.handler = handler;
            pending.token = token;
        }
        return pending;
    }

    private void giveBack(Pending pending) {
        pending.handler = null;
        pending.isSent = false;
        pending.correlationId += pendings.length;
        freeSlots.offer(pending);
    }

    void close() {
        ServerConnection current = connection;
        if (current != null) {
            current.close();
        }
    }

    /** Takes nothing new any more and ends with the last reply that is waited for. */
    void retire() {
        connection.schedule(this::retireNow, 0);
    }

    // ---- network thread

    private void retireNow() {
        isRetired = true;
        if (sentCount == 0) {
            connection.close();
        }
    }

    /** Gives up what can safely be asked elsewhere, and goes on waiting for the rest. */
    void abandon() {
        for (Pending pending : pendings) {
            if (pending.isSent && pending.handler instanceof Call<?> call && call.isRepeatable()) {
                fail(pending, ErrorCode.UNAVAILABLE, "no answer in time from " + endpoint);
            }
        }
        retireNow();
    }

    @Override
    public boolean onGoodbye(String text) {
        lane.left(this);
        return true;
    }

    @Override
    public void onConnected(ServerConnection value, ServerIdentity server) {
        connection = value;
        identity = server;
        lane.opened(this);
    }

    @Override
    public void onSent(long correlationId) {
        Pending pending = pendings[(int) correlationId & slotMask];
        assert pending.correlationId == correlationId;
        long nowNs = System.nanoTime();
        pending.isSent = true;
        pending.deadlineNs = pending.handler instanceof Call<?> call ? call.deadlineNs : nowNs + timeoutNs;
        if (sentCount++ == 0) {
            heardNs = nowNs;
        }
        if (!isSweeping) {
            isSweeping = true;
            sweptNs = nowNs;
            connection.schedule(this::sweep, SWEEP_INTERVAL_NS);
        }
    }

    @Override
    public void onReply(DirectBuffer buffer, int offset, int length) {
        heardNs = System.nanoTime();
        lane.onTerm(this, buffer.getLong(offset + TERM_OFFSET, LITTLE_ENDIAN));
        long correlationId = ReplySplitter.correlationId(buffer, offset);
        Pending pending = pendings[(int) correlationId & slotMask];
        if (pending.correlationId != correlationId || !pending.isSent) {
            return; // given up meanwhile
        }
        ReplyHandler handler = pending.handler;
        long token = pending.token;
        if (RequestFrame.templateId(buffer, offset) == ErrorReplyDecoder.TEMPLATE_ID) {
            errorDecoder.wrapAndApplyHeader(buffer, offset, headerDecoder);
            boolean isWrite = pending.isWrite;
            ErrorCode code = errorDecoder.code();
            boolean notApplied = !isWrite || errorDecoder.flags().notApplied() || isDefinite(code);
            boolean applied = errorDecoder.flags().applied();
            String text = errorDecoder.text();
            done(pending);
            Outcome unlessRefused = applied ? Outcome.APPLIED : Outcome.UNKNOWN;
            handler.onFailure(token, code, notApplied ? Outcome.NOT_APPLIED : unlessRefused, text);
            return;
        }
        if (ReplySplitter.isPartial(buffer, offset)) {
            pending.deadlineNs = System.nanoTime() + timeoutNs;
        } else {
            done(pending);
        }
        handler.onReply(token, buffer, offset, length);
    }

    /** Whether a server that says so has not done anything, and will not. */
    private static boolean isDefinite(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    RESOURCE_EXHAUSTED,
                    FAILED_PRECONDITION,
                    OUT_OF_RANGE,
                    UNIMPLEMENTED,
                    UNAUTHENTICATED -> true;
            case OK,
                    CANCELLED,
                    UNKNOWN,
                    DEADLINE_EXCEEDED,
                    ABORTED,
                    INTERNAL,
                    UNAVAILABLE,
                    DATA_LOSS,
                    SBE_UNKNOWN,
                    NULL_VAL -> false;
        };
    }

    private void done(Pending pending) {
        sentCount--;
        giveBack(pending);
        if (isRetired && sentCount == 0) {
            connection.close();
        }
    }

    @Override
    public void onUnsent(long correlationId) {
        Pending pending = pendings[(int) correlationId & slotMask];
        ReplyHandler handler = pending.handler;
        long token = pending.token;
        giveBack(pending);
        if (handler instanceof Call<?> call) {
            call.isLost = true;
        }
        handler.onFailure(token, ErrorCode.UNAVAILABLE, Outcome.NOT_APPLIED, "connection lost before the request left");
    }

    @Override
    public void onClosed(String text) {
        // The lane first: what is tried again now must not find this session.
        lane.closed(this, text);
        for (Pending pending : pendings) {
            if (pending.isSent) {
                fail(pending, ErrorCode.UNAVAILABLE, "connection lost: " + text);
            }
        }
    }

    private void sweep() {
        long nowNs = System.nanoTime();
        boolean wasPaused = nowNs - sweptNs > 4 * SWEEP_INTERVAL_NS; // by whatever: then what has come is not read yet
        sweptNs = nowNs;
        for (Pending pending : pendings) {
            if (pending.isSent && pending.deadlineNs - nowNs < 0) {
                fail(pending, ErrorCode.DEADLINE_EXCEEDED, "context deadline exceeded");
            }
        }
        if (lane.isOfCluster() && !wasPaused && sentCount > 0 && nowNs - heardNs > patienceNs) {
            patienceNs *= 2; // should there be no other to go to
            if (isRetired) {
                abandon(); // it has nobody any more who could answer it
            } else {
                lane.suspected(this);
            }
        }
        isSweeping = sentCount > 0;
        if (isSweeping) {
            connection.schedule(this::sweep, SWEEP_INTERVAL_NS);
        }
    }

    private void fail(Pending pending, ErrorCode code, String text) {
        ReplyHandler handler = pending.handler;
        long token = pending.token;
        Outcome outcome = pending.isWrite ? Outcome.UNKNOWN : Outcome.NOT_APPLIED;
        if (handler instanceof Call<?> call) {
            call.isLost = code == ErrorCode.UNAVAILABLE;
        }
        done(pending);
        handler.onFailure(token, code, outcome, text);
    }
}
