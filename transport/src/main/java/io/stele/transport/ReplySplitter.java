package io.stele.transport;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.transport.codec.ContinuationEncoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.PutReplyDecoder;
import io.stele.transport.codec.ReplyFlagsDecoder;
import io.stele.transport.codec.ReplyFlagsEncoder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Cuts one encoded reply into frames that the client takes, between messages and in place. Every frame but the first
 * needs a Continuation in front: it is written over the bytes before the cut, which were sent by then.
 *
 * <pre>
 *   reply:   | TxnReply | RangeReply | KeyValue | KeyValue | KeyValue |
 *   frame 1: |-- partial -----------------------|
 *   frame 2:                     | Continuation | KeyValue | KeyValue |
 * </pre>
 *
 * <p>Use: {@code wrap}, then while {@code next()}: send {@code frameOffset(), frameLength()}. A frame that was not
 * sent may be sent again later, as long as {@code next()} has not been called.
 */
public final class ReplySplitter {
    private static final int CONTINUATION_LENGTH =
            MessageHeaderEncoder.ENCODED_LENGTH + ContinuationEncoder.BLOCK_LENGTH;

    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final ContinuationEncoder continuationEncoder = new ContinuationEncoder();
    private MutableDirectBuffer buffer;
    private int position;
    private int limit;
    private int frameLengthMax;
    private int frameOffset;
    private int frameLength;
    private long correlationId;
    private boolean first;

    /** Takes up the reply at {@code offset}. A message longer than {@code lengthMax} gets a frame of its own. */
    public void wrap(MutableDirectBuffer reply, int offset, int length, int lengthMax) {
        buffer = reply;
        position = offset;
        limit = offset + length;
        frameLengthMax = lengthMax;
        correlationId = correlationId(reply, offset);
        first = true;
    }

    /** Makes the next frame; false when all were made. */
    public boolean next() {
        if (position >= limit) {
            return false;
        }
        int prefixLength = first ? 0 : CONTINUATION_LENGTH;
        frameOffset = position - prefixLength;
        int end = cut(frameOffset);
        boolean last = end == limit;
        if (first) {
            partial(buffer, frameOffset, !last || isPartial(buffer, frameOffset));
        } else {
            continuationEncoder.wrapAndApplyHeader(buffer, frameOffset, headerEncoder);
            continuationEncoder.correlationId(correlationId).revision(0).raftTerm(0);
            continuationEncoder.flags().clear().partial(!last);
        }
        frameLength = end - frameOffset;
        position = end;
        first = false;
        return true;
    }

    public int frameOffset() {
        return frameOffset;
    }

    public int frameLength() {
        return frameLength;
    }

    /** Correlation id of any reply: the first field of them all. */
    public static long correlationId(DirectBuffer buffer, int offset) {
        return buffer.getLong(offset + MessageHeaderEncoder.ENCODED_LENGTH, LITTLE_ENDIAN);
    }

    /** Whether a reply says that more frames follow for its correlation id. */
    public static boolean isPartial(DirectBuffer buffer, int offset) {
        return ReplyFlagsDecoder.partial(buffer.getByte(flagsOffset(offset)));
    }

    private static void partial(MutableDirectBuffer buffer, int offset, boolean value) {
        int index = flagsOffset(offset);
        buffer.putByte(index, ReplyFlagsEncoder.partial(buffer.getByte(index), value));
    }

    private static int flagsOffset(int offset) {
        return offset + MessageHeaderEncoder.ENCODED_LENGTH + PutReplyDecoder.flagsEncodingOffset();
    }

    /** The furthest end of a message within the limit; at least one message is taken. */
    private int cut(int start) {
        if (limit - start <= frameLengthMax) {
            return limit;
        }
        int end = position;
        while (end < limit) {
            int length = MessageSequence.measure(buffer, end, limit);
            if (length < 0) {
                throw new MalformedMessageException("reply to split is not a sequence of messages");
            }
            if (end > position && end + length - start > frameLengthMax) {
                break;
            }
            end += length;
        }
        return end;
    }
}
