package io.stele.client;

import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.PutRequestEncoder;
import org.agrona.DirectBuffer;

/** A put as its caller has it: where key and value are. */
record PutSource(DirectBuffer key, int keyOffset, int keyLength, DirectBuffer value, int valueOffset, int valueLength) {

    int encodedLength() {
        return MessageHeaderEncoder.ENCODED_LENGTH
                + PutRequestEncoder.BLOCK_LENGTH
                + PutRequestEncoder.keyHeaderLength()
                + keyLength
                + PutRequestEncoder.valueHeaderLength()
                + valueLength;
    }

    void encode(PutRequestEncoder encoder, long correlationId) {
        encoder.correlationId(correlationId).sessionId(0).sequence(0).lease(0);
        encoder.flags().clear();
        encoder.putKey(key, keyOffset, keyLength).putValue(value, valueOffset, valueLength);
    }
}
