package io.stele.transport;

import io.stele.transport.codec.DeleteRangeRequestDecoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.PutRequestDecoder;
import io.stele.transport.codec.RangeRequestDecoder;
import io.stele.transport.codec.TxnRequestDecoder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** The flag of a request that asks where its time went: the same bit in the flags of all requests that have it. */
public final class TimingsFlag {
    private static final int BIT = 1 << 7;

    private TimingsFlag() {}

    /** Whether the request that begins at {@code offset} asks for timings. */
    public static boolean isSet(DirectBuffer buffer, int offset) {
        int flags = flagsOffset(RequestFrame.templateId(buffer, offset));
        return flags >= 0 && (buffer.getByte(offset + MessageHeaderDecoder.ENCODED_LENGTH + flags) & BIT) != 0;
    }

    /** Asks for timings, in an encoded request; false if it is none of those that can. */
    public static boolean set(MutableDirectBuffer buffer, int offset) {
        int flags = flagsOffset(RequestFrame.templateId(buffer, offset));
        if (flags < 0) {
            return false;
        }
        int at = offset + MessageHeaderDecoder.ENCODED_LENGTH + flags;
        buffer.putByte(at, (byte) (buffer.getByte(at) | BIT));
        return true;
    }

    private static int flagsOffset(int templateId) {
        return switch (templateId) {
            case PutRequestDecoder.TEMPLATE_ID -> PutRequestDecoder.flagsEncodingOffset();
            case RangeRequestDecoder.TEMPLATE_ID -> RangeRequestDecoder.flagsEncodingOffset();
            case DeleteRangeRequestDecoder.TEMPLATE_ID -> DeleteRangeRequestDecoder.flagsEncodingOffset();
            case TxnRequestDecoder.TEMPLATE_ID -> TxnRequestDecoder.flagsEncodingOffset();
            default -> -1;
        };
    }
}
