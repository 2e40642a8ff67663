package io.stele.simulator.check;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.transport.MessageSequence;
import io.stele.transport.ReplySplitter;
import io.stele.transport.codec.ContinuationDecoder;
import io.stele.transport.codec.ErrorReplyDecoder;
import io.stele.transport.codec.KeyValueDecoder;
import io.stele.transport.codec.LeaseItemDecoder;
import io.stele.transport.codec.LeaseLeasesReplyDecoder;
import io.stele.transport.codec.LeaseTimeToLiveReplyDecoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.OpenSessionReplyDecoder;
import io.stele.transport.codec.PutReplyDecoder;
import io.stele.transport.codec.RangeReplyDecoder;
import io.stele.transport.codec.ReplyFlagsEncoder;
import io.stele.transport.codec.TxnReplyDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * An answer in one piece, however many frames it came in, and without what no model can know: the term, the time that a
 * lease has left, which lease ends first, and the id of a new session.
 */
public final class Answer {
    private static final int BODY = MessageHeaderDecoder.ENCODED_LENGTH;
    private static final int TERM = BODY + PutReplyDecoder.raftTermEncodingOffset();
    private static final int FLAGS = BODY + PutReplyDecoder.flagsEncodingOffset();

    private Answer() {}

    /** The canonical form of an answer that is complete. */
    public static byte[] canonical(List<byte[]> frames) {
        ExpandableArrayBuffer parts = new ExpandableArrayBuffer(256);
        UnsafeBuffer root = new UnsafeBuffer(new byte[0]);
        MessageSequence sequence = new MessageSequence();
        int length = 0;
        long pairCount = 0;
        int rangeCount = 0;
        for (byte[] bytes : frames) {
            UnsafeBuffer frame = new UnsafeBuffer(bytes);
            sequence.wrap(frame, 0, bytes.length);
            sequence.next();
            if (sequence.templateId() != ContinuationDecoder.TEMPLATE_ID) {
                byte[] first = new byte[sequence.messageLength()];
                frame.getBytes(0, first);
                root.wrap(first);
            }
            if (sequence.templateId() == RangeReplyDecoder.TEMPLATE_ID) {
                pairCount += frame.getInt(BODY + RangeReplyDecoder.kvCountEncodingOffset(), LITTLE_ENDIAN);
                rangeCount++;
            }
            int rest = bytes.length - sequence.position();
            parts.putBytes(length, bytes, sequence.position(), rest);
            length += rest;
        }
        if (rangeCount > 0) {
            root.putInt(BODY + RangeReplyDecoder.kvCountEncodingOffset(), (int) pairCount, LITTLE_ENDIAN);
        }
        root.putLong(TERM, 0);
        root.putByte(FLAGS, ReplyFlagsEncoder.partial(root.getByte(FLAGS), false));
        forgetTime(root);
        forgetSessionId(root);
        byte[] whole = new byte[root.capacity() + length];
        root.getBytes(0, whole, 0, root.capacity());
        parts.getBytes(0, whole, root.capacity(), length);
        forgetInnerHeaders(whole);
        forgetOrderOfEnds(whole);
        return whole;
    }

    /** Replies within a reply have a header that says nothing, and an error's revision is that of an odd instant. */
    private static void forgetInnerHeaders(byte[] answer) {
        UnsafeBuffer buffer = new UnsafeBuffer(answer);
        MessageSequence sequence = new MessageSequence().wrap(buffer, 0, answer.length);
        while (sequence.next()) {
            int id = sequence.templateId();
            boolean isReply = id >= PutReplyDecoder.TEMPLATE_ID && id <= TxnReplyDecoder.TEMPLATE_ID;
            if ((isReply && sequence.messageOffset() > 0) || id == ErrorReplyDecoder.TEMPLATE_ID) {
                buffer.putLong(sequence.bodyOffset() + PutReplyDecoder.revisionEncodingOffset(), 0);
                buffer.putLong(sequence.bodyOffset() + PutReplyDecoder.raftTermEncodingOffset(), 0);
            }
        }
    }

    private static void forgetTime(UnsafeBuffer root) {
        if (templateId(root) == LeaseTimeToLiveReplyDecoder.TEMPLATE_ID) {
            int at = BODY + LeaseTimeToLiveReplyDecoder.ttlEncodingOffset();
            if (root.getLong(at, LITTLE_ENDIAN) >= 0) {
                root.putLong(at, 1, LITTLE_ENDIAN);
            }
        }
    }

    private static void forgetSessionId(UnsafeBuffer root) {
        if (templateId(root) == OpenSessionReplyDecoder.TEMPLATE_ID) {
            root.putLong(BODY + OpenSessionReplyDecoder.sessionIdEncodingOffset(), 0);
        }
    }

    /** Which session was opened; 0 if the answer does not say so. */
    public static long openedSession(byte[] frame) {
        UnsafeBuffer buffer = new UnsafeBuffer(frame);
        return templateId(buffer) == OpenSessionReplyDecoder.TEMPLATE_ID
                ? buffer.getLong(BODY + OpenSessionReplyDecoder.sessionIdEncodingOffset(), LITTLE_ENDIAN)
                : 0;
    }

    /** Leases are listed as they end, by the clock of the leader: here, by their ids. */
    private static void forgetOrderOfEnds(byte[] answer) {
        UnsafeBuffer buffer = new UnsafeBuffer(answer);
        if (templateId(buffer) != LeaseLeasesReplyDecoder.TEMPLATE_ID) {
            return;
        }
        MessageSequence sequence = new MessageSequence().wrap(buffer, 0, answer.length);
        sequence.next();
        List<byte[]> items = new ArrayList<>();
        int begin = sequence.position();
        while (sequence.next()) {
            int end = sequence.messageOffset() + sequence.messageLength();
            items.add(Arrays.copyOfRange(answer, sequence.messageOffset(), end));
        }
        int idOffset = BODY + LeaseItemDecoder.leaseIdEncodingOffset();
        items.sort(Comparator.comparingLong(item -> new UnsafeBuffer(item).getLong(idOffset, LITTLE_ENDIAN)));
        int position = begin;
        for (byte[] item : items) {
            buffer.putBytes(position, item);
            position += item.length;
        }
    }

    /** The same answer, to another request. */
    public static byte[] addressed(byte[] answer, long correlationId) {
        byte[] copy = answer.clone();
        new UnsafeBuffer(copy)
                .putLong(BODY + PutReplyDecoder.correlationIdEncodingOffset(), correlationId, LITTLE_ENDIAN);
        return copy;
    }

    /** Whether more frames are to follow this one. */
    public static boolean isPartial(byte[] frame) {
        return ReplySplitter.isPartial(new UnsafeBuffer(frame), 0);
    }

    public static long correlationId(byte[] frame) {
        return ReplySplitter.correlationId(new UnsafeBuffer(frame), 0);
    }

    /** The text of an error; null if the answer is none. */
    public static String errorText(byte[] answer) {
        UnsafeBuffer buffer = new UnsafeBuffer(answer);
        if (templateId(buffer) != ErrorReplyDecoder.TEMPLATE_ID) {
            return null;
        }
        ErrorReplyDecoder error = new ErrorReplyDecoder();
        error.wrapAndApplyHeader(buffer, 0, new MessageHeaderDecoder());
        return error.text();
    }

    /** Whether an error says that the request had no effect and never will. */
    public static boolean saysNoEffect(byte[] frame) {
        ErrorReplyDecoder error = new ErrorReplyDecoder();
        error.wrapAndApplyHeader(new UnsafeBuffer(frame), 0, new MessageHeaderDecoder());
        return error.flags().notApplied();
    }

    /** The revision that an answer carries. */
    public static long revision(byte[] answer) {
        return new UnsafeBuffer(answer).getLong(BODY + PutReplyDecoder.revisionEncodingOffset(), LITTLE_ENDIAN);
    }

    public static boolean isTxnThatSucceeded(byte[] answer) {
        UnsafeBuffer buffer = new UnsafeBuffer(answer);
        return templateId(buffer) == TxnReplyDecoder.TEMPLATE_ID && (buffer.getByte(FLAGS) & 4) != 0;
    }

    /** For people: one message a line. */
    public static String text(byte[] answer) {
        StringBuilder text = new StringBuilder();
        UnsafeBuffer buffer = new UnsafeBuffer(answer);
        MessageSequence sequence = new MessageSequence().wrap(buffer, 0, answer.length);
        while (sequence.next()) {
            text.append("\n    ").append(line(sequence));
        }
        return text.toString();
    }

    private static String line(MessageSequence m) {
        switch (m.templateId()) {
            case ErrorReplyDecoder.TEMPLATE_ID -> {
                ErrorReplyDecoder d = new ErrorReplyDecoder();
                return d.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version())
                        .toString();
            }
            case RangeReplyDecoder.TEMPLATE_ID -> {
                RangeReplyDecoder d = new RangeReplyDecoder();
                return d.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version())
                        .toString();
            }
            case KeyValueDecoder.TEMPLATE_ID -> {
                KeyValueDecoder d = new KeyValueDecoder();
                String pair = d.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version())
                        .toString();
                return pair.length() > 200 ? pair.substring(0, 200) + "..." : pair;
            }
            default -> {
                byte[] bytes = new byte[m.messageLength()];
                m.buffer().getBytes(m.messageOffset(), bytes);
                return "message " + m.templateId() + " "
                        + java.util.HexFormat.of().formatHex(bytes);
            }
        }
    }

    private static int templateId(UnsafeBuffer buffer) {
        return buffer.getShort(MessageHeaderDecoder.templateIdEncodingOffset(), LITTLE_ENDIAN) & 0xFFFF;
    }
}
