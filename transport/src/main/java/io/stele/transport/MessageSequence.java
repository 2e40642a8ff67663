package io.stele.transport;

import static io.stele.transport.codec.MessageHeaderDecoder.ENCODED_LENGTH;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.PutRequestDecoder;
import org.agrona.DirectBuffer;

/**
 * Walks the messages of one frame, first to last, without decoding them. Every length is checked against the frame
 * before it is used, so that what {@link #next} accepted may be decoded without further checks.
 *
 * <pre>
 *   +-------------+-----------+-------------------+-- ... --+-------------+----
 *   | blockLength | template  | schema  | version |  block  | len | bytes | ...  next message
 *   |   uint16    |  uint16   | uint16  | uint16  |         | u32 |       |
 *   +-------------+-----------+-------------------+-- ... --+-------------+----
 *   ^ messageOffset                               ^ bodyOffset                  ^ position
 * </pre>
 *
 * <p>To decode: {@code decoder.wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version())}.
 */
public final class MessageSequence {
    /** Result of {@link #measure}: the bytes do not add up to a message. */
    public static final int MALFORMED = -1;
    /** Result of {@link #measure}: another schema, or a template that this version does not have. */
    public static final int UNKNOWN = -2;

    private static final int VARIABLE_HEADER_LENGTH = PutRequestDecoder.keyHeaderLength();

    private DirectBuffer buffer;
    private int limit;
    private int messageOffset;
    private int position;
    private int templateId;
    private int blockLength;
    private int version;

    /** Takes up a frame's messages: {@code length} bytes from {@code offset}, the frame's own length not included. */
    public MessageSequence wrap(DirectBuffer frame, int offset, int length) {
        frame.boundsCheck(offset, length);
        buffer = frame;
        limit = offset + length;
        messageOffset = offset;
        position = offset;
        templateId = 0;
        return this;
    }

    /** Moves to the next message. False at the end; throws {@link MalformedMessageException} when it makes no sense. */
    public boolean next() {
        if (position >= limit) {
            templateId = 0;
            return false;
        }
        int length = measure(buffer, position, limit);
        if (length < 0) {
            throw new MalformedMessageException(
                    length == UNKNOWN ? "unknown message" : "message does not fit its frame, offset " + position);
        }
        messageOffset = position;
        position += length;
        blockLength = uint16(buffer, messageOffset + MessageHeaderDecoder.blockLengthEncodingOffset());
        templateId = uint16(buffer, messageOffset + MessageHeaderDecoder.templateIdEncodingOffset());
        version = uint16(buffer, messageOffset + MessageHeaderDecoder.versionEncodingOffset());
        return true;
    }

    /** Like {@link #next}, where the sequence must go on with this very message. */
    public void next(int expectedTemplateId) {
        if (!next() || templateId != expectedTemplateId) {
            throw new MalformedMessageException("expected message " + expectedTemplateId + ", found " + templateId);
        }
    }

    /** Moves behind a message and all its parts, as {@code TxnRequest} has them. The current message is the one. */
    public void skipParts() {
        long remaining = RequestFrame.partCount(buffer, templateId, bodyOffset());
        while (remaining > 0) {
            if (!next()) {
                throw new MalformedMessageException("sequence ends before its last part");
            }
            remaining += RequestFrame.partCount(buffer, templateId, bodyOffset()) - 1;
        }
    }

    /** Goes back (or on) to a message whose {@link #messageOffset} was seen before; {@link #next} delivers it. */
    public void position(int offset) {
        assert offset >= 0 && offset <= limit;
        position = offset;
    }

    public DirectBuffer buffer() {
        return buffer;
    }

    public int templateId() {
        return templateId;
    }

    public int messageOffset() {
        return messageOffset;
    }

    public int messageLength() {
        return position - messageOffset;
    }

    public int bodyOffset() {
        return messageOffset + ENCODED_LENGTH;
    }

    public int blockLength() {
        return blockLength;
    }

    public int version() {
        return version;
    }

    /** Where the next message starts. */
    public int position() {
        return position;
    }

    /** Length of the message at {@code offset}, its header included, or {@link #MALFORMED} or {@link #UNKNOWN}. */
    public static int measure(DirectBuffer buffer, int offset, int limit) {
        if (limit - offset < ENCODED_LENGTH) {
            return MALFORMED;
        }
        int templateId = uint16(buffer, offset + MessageHeaderDecoder.templateIdEncodingOffset());
        int schemaId = uint16(buffer, offset + MessageHeaderDecoder.schemaIdEncodingOffset());
        if (schemaId != MessageHeaderDecoder.SCHEMA_ID || MessageTable.kind(templateId) == MessageTable.Kind.UNKNOWN) {
            return UNKNOWN;
        }
        int blockLength = uint16(buffer, offset + MessageHeaderDecoder.blockLengthEncodingOffset());
        if (blockLength < MessageTable.blockLengthMin(templateId)) {
            return MALFORMED;
        }
        int end = offset + ENCODED_LENGTH + blockLength;
        for (int remaining = MessageTable.variableCount(templateId); remaining > 0; remaining--) {
            if (limit - end < VARIABLE_HEADER_LENGTH) {
                return MALFORMED;
            }
            int length = buffer.getInt(end, LITTLE_ENDIAN);
            end += VARIABLE_HEADER_LENGTH;
            if (length < 0 || length > limit - end) {
                return MALFORMED;
            }
            end += length;
        }
        return end <= limit ? end - offset : MALFORMED;
    }

    private static int uint16(DirectBuffer buffer, int offset) {
        return buffer.getShort(offset, LITTLE_ENDIAN) & 0xFFFF;
    }
}
