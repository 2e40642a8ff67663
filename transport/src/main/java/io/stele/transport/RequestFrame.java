package io.stele.transport;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.transport.codec.GoodbyeReason;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.TxnRequestDecoder;
import org.agrona.DirectBuffer;

/**
 * Checks that a frame is exactly one request: known messages, lengths within the frame, as many parts as were
 * announced, each where it may be, nothing behind. Done on the network thread, so that the node's thread may decode
 * without looking. Says nothing about meaning: empty keys and too many operations get a reply, not a Goodbye.
 */
public final class RequestFrame {
    /** Transactions within transactions, the outermost included. */
    public static final int TXN_DEPTH_MAX = 8;

    private RequestFrame() {}

    /** {@link GoodbyeReason#CLOSING} when the frame is good, else why the connection has to end. Allocates nothing. */
    public static GoodbyeReason check(DirectBuffer buffer, int offset, int length) {
        if (length < MessageHeaderDecoder.ENCODED_LENGTH) {
            return GoodbyeReason.MALFORMED;
        }
        int templateId = templateId(buffer, offset);
        MessageTable.Kind kind = MessageTable.kind(templateId);
        if (kind != MessageTable.Kind.REQUEST && kind != MessageTable.Kind.OPERATION) {
            return GoodbyeReason.UNKNOWN_MESSAGE;
        }
        int limit = offset + length;
        int rootLength = MessageSequence.measure(buffer, offset, limit);
        if (rootLength < 0) {
            return rootLength == MessageSequence.UNKNOWN ? GoodbyeReason.UNKNOWN_MESSAGE : GoodbyeReason.MALFORMED;
        }
        int end = templateId == TxnRequestDecoder.TEMPLATE_ID ? txnEnd(buffer, offset, limit, 1) : offset + rootLength;
        return end == limit ? GoodbyeReason.CLOSING : GoodbyeReason.MALFORMED;
    }

    /** Template of the message at {@code offset}. */
    public static int templateId(DirectBuffer buffer, int offset) {
        return buffer.getShort(offset + MessageHeaderDecoder.templateIdEncodingOffset(), LITTLE_ENDIAN) & 0xFFFF;
    }

    /** Parts that follow this message directly; theirs not counted. */
    static long partCount(DirectBuffer buffer, int templateId, int bodyOffset) {
        return templateId == TxnRequestDecoder.TEMPLATE_ID
                ? compareCount(buffer, bodyOffset) + operationCount(buffer, bodyOffset)
                : 0;
    }

    /** Where the transaction ends that starts at {@code offset}, or -1. Recursion is bounded by TXN_DEPTH_MAX. */
    private static int txnEnd(DirectBuffer buffer, int offset, int limit, int depth) {
        if (depth > TXN_DEPTH_MAX) {
            return -1;
        }
        int bodyOffset = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        int position = offset + MessageSequence.measure(buffer, offset, limit);
        long compareCount = compareCount(buffer, bodyOffset);
        long partCount = compareCount + operationCount(buffer, bodyOffset);
        for (long i = 0; i < partCount; i++) {
            int length = MessageSequence.measure(buffer, position, limit);
            if (length < 0) {
                return -1;
            }
            int templateId = templateId(buffer, position);
            MessageTable.Kind expected = i < compareCount ? MessageTable.Kind.COMPARE : MessageTable.Kind.OPERATION;
            if (MessageTable.kind(templateId) != expected) {
                return -1;
            }
            position = templateId == TxnRequestDecoder.TEMPLATE_ID
                    ? txnEnd(buffer, position, limit, depth + 1)
                    : position + length;
            if (position < 0) {
                return -1;
            }
        }
        return position;
    }

    private static long compareCount(DirectBuffer buffer, int bodyOffset) {
        return uint32(buffer, bodyOffset + TxnRequestDecoder.compareCountEncodingOffset());
    }

    private static long operationCount(DirectBuffer buffer, int bodyOffset) {
        return uint32(buffer, bodyOffset + TxnRequestDecoder.successCountEncodingOffset())
                + uint32(buffer, bodyOffset + TxnRequestDecoder.failureCountEncodingOffset());
    }

    private static long uint32(DirectBuffer buffer, int offset) {
        return buffer.getInt(offset, LITTLE_ENDIAN) & 0xFFFF_FFFFL;
    }
}
