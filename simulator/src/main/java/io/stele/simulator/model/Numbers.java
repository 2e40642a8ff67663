package io.stele.simulator.model;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.transport.RequestFrame;
import io.stele.transport.codec.AuthChangeRequestDecoder;
import io.stele.transport.codec.CompactRequestDecoder;
import io.stele.transport.codec.DeleteRangeRequestDecoder;
import io.stele.transport.codec.LeaseGrantRequestDecoder;
import io.stele.transport.codec.LeaseRevokeRequestDecoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.PutRequestDecoder;
import io.stele.transport.codec.TxnRequestDecoder;
import org.agrona.concurrent.UnsafeBuffer;

/** Session and sequence of a write that is to be done exactly once. */
record Numbers(long sessionId, long sequence) {
    /** Null if a request has none. */
    static Numbers of(byte[] request) {
        UnsafeBuffer buffer = new UnsafeBuffer(request);
        if (!mayBeNumbered(RequestFrame.templateId(buffer, 0))) {
            return null;
        }
        int body = MessageHeaderDecoder.ENCODED_LENGTH;
        long sessionId = buffer.getLong(body + PutRequestDecoder.sessionIdEncodingOffset(), LITTLE_ENDIAN);
        long sequence = buffer.getLong(body + PutRequestDecoder.sequenceEncodingOffset(), LITTLE_ENDIAN);
        return sessionId == 0 ? null : new Numbers(sessionId, sequence);
    }

    private static boolean mayBeNumbered(int templateId) {
        return switch (templateId) {
            case PutRequestDecoder.TEMPLATE_ID,
                    DeleteRangeRequestDecoder.TEMPLATE_ID,
                    TxnRequestDecoder.TEMPLATE_ID,
                    CompactRequestDecoder.TEMPLATE_ID,
                    LeaseGrantRequestDecoder.TEMPLATE_ID,
                    LeaseRevokeRequestDecoder.TEMPLATE_ID,
                    AuthChangeRequestDecoder.TEMPLATE_ID -> true;
            default -> false;
        };
    }
}
