package io.stele.client;

import static io.stele.transport.codec.MessageHeaderDecoder.ENCODED_LENGTH;

import io.stele.transport.MalformedMessageException;
import io.stele.transport.MessageSequence;
import io.stele.transport.ReplySplitter;
import io.stele.transport.RequestFrame;
import io.stele.transport.TimingsFlag;
import io.stele.transport.client.ServerIdentity;
import io.stele.transport.codec.ContinuationDecoder;
import io.stele.transport.codec.ErrorCode;
import io.stele.transport.codec.RangeReplyDecoder;
import io.stele.transport.codec.SnapshotReplyDecoder;
import java.util.concurrent.CompletableFuture;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One request of the future kind: keeps its encoded form, to be able to send it again, and gathers its reply.
 *
 * <p>Everything but its creation happens on network threads, one after the other.
 */
abstract class Call<T> implements ReplyHandler {
    final SteleClient client;
    final UnsafeBuffer request;
    final boolean isWrite;
    final CompletableFuture<T> future = new CompletableFuture<>();
    volatile ServerIdentity identity;
    long deadlineNs;
    int attemptCount;

    /** The session in which this write is numbered, and its slot there; null: none. */
    OnceSessions.Once once;

    int onceSlot;

    /** Whether the connection has failed, not the server refused. */
    boolean isLost;

    /** Whether an earlier attempt may have been carried out. */
    private boolean isUncertain;

    /** A long reply's messages so far, without Continuations. */
    private ExpandableArrayBuffer gathered;

    private int gatheredLength;

    Call(SteleClient client, byte[] request, boolean isWrite) {
        this.client = client;
        this.request = new UnsafeBuffer(request);
        this.isWrite = isWrite;
    }

    /** Makes the result of a whole reply. The sequence stands on its first message. */
    abstract T decode(ReplyReader reader, MessageSequence reply);

    /** One chunk of a range or of a snapshot that is not the last. */
    void chunk(ReplyReader reader, MessageSequence reply) {
        throw new MalformedMessageException("reply in chunks to a request that is no range");
    }

    /** Throws away what came so far: it starts from the beginning. False if that cannot be. */
    boolean restart() {
        gathered = null;
        gatheredLength = 0;
        return true;
    }

    @Override
    public final void onReply(long token, DirectBuffer buffer, int offset, int length) {
        try {
            boolean isPartial = ReplySplitter.isPartial(buffer, offset);
            int templateId = RequestFrame.templateId(buffer, offset);
            if (templateId == RangeReplyDecoder.TEMPLATE_ID || templateId == SnapshotReplyDecoder.TEMPLATE_ID) {
                receive(buffer, offset, length, isPartial);
            } else if (gathered == null && !isPartial) {
                receive(buffer, offset, length, false);
            } else {
                gather(buffer, offset, length);
                if (!isPartial) {
                    receive(gathered, 0, gatheredLength, false);
                }
            }
        } catch (RuntimeException e) {
            fail(ErrorCode.INTERNAL, Outcome.UNKNOWN, "reply not understood: " + e.getMessage());
        }
    }

    private void receive(DirectBuffer buffer, int offset, int length, boolean isPartial) {
        ReplyReader reader = new ReplyReader(identity);
        MessageSequence reply = new MessageSequence().wrap(buffer, offset, length);
        reply.next();
        if (isPartial) {
            chunk(reader, reply);
        } else {
            if (TimingsFlag.isSet(request, 0)) {
                reader.timings(buffer, offset, length);
            }
            T result = decode(reader, reply);
            client.settled(this);
            future.complete(result);
        }
    }

    private void gather(DirectBuffer buffer, int offset, int length) {
        int skipped = 0;
        if (gathered == null) {
            gathered = new ExpandableArrayBuffer(2 * length);
        }
        if (RequestFrame.templateId(buffer, offset) == ContinuationDecoder.TEMPLATE_ID) {
            skipped = ENCODED_LENGTH + ContinuationDecoder.BLOCK_LENGTH;
        }
        gathered.putBytes(gatheredLength, buffer, offset + skipped, length - skipped);
        gatheredLength += length - skipped;
    }

    /** Whether it does no harm to send it again though it may have been carried out. */
    boolean isRepeatable() {
        return !isWrite || once != null;
    }

    /** Whether an attempt may have been carried out of which nothing more will be heard. */
    boolean isUncertain() {
        return isUncertain;
    }

    @Override
    public final void onFailure(long token, ErrorCode code, Outcome outcome, String text) {
        boolean again = restart() && client.retry(this, code, outcome, text);
        if (!again) {
            fail(code, outcome, text);
        }
    }

    /** The attempt under way is over, and perhaps it was carried out. */
    void onUncertain() {
        isUncertain = isWrite;
    }

    void fail(ErrorCode code, Outcome outcome, String text) {
        Outcome known = isWrite ? outcome : Outcome.NOT_APPLIED;
        if (isUncertain && known == Outcome.NOT_APPLIED && !isVerdict(code)) {
            known = Outcome.UNKNOWN; // this attempt was refused, which says nothing about the one before
        }
        client.settled(this);
        future.completeExceptionally(
                known == Outcome.UNKNOWN
                        ? new UnknownOutcomeException(code, text)
                        : new SteleException(code, known, text));
    }

    /** Whether a refusal would have met an earlier attempt too, or shows that none was carried out. */
    private boolean isVerdict(ErrorCode code) {
        return once != null
                && (code == ErrorCode.INVALID_ARGUMENT
                        || code == ErrorCode.NOT_FOUND
                        || code == ErrorCode.ALREADY_EXISTS
                        || code == ErrorCode.FAILED_PRECONDITION
                        || code == ErrorCode.OUT_OF_RANGE);
    }
}
