package io.stele.server.peer;

import io.stele.consensus.Message;
import io.stele.consensus.MessageType;
import io.stele.transport.MalformedMessageException;
import io.stele.transport.peer.codec.LogEntryDecoder;
import io.stele.transport.peer.codec.MessageHeaderDecoder;
import io.stele.transport.peer.codec.RaftMessageDecoder;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/**
 * Reads messages of the consensus core from frames. Every length is checked before it is used: a frame that is not
 * exactly one well-formed message is a {@link MalformedMessageException}.
 */
public final class MessageReader {
    private static final int ENTRIES_MAX = 64 * 1024;
    private static final int LENGTH_LENGTH = Integer.BYTES;

    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final RaftMessageDecoder decoder = new RaftMessageDecoder();
    private final LogEntryDecoder entry = new LogEntryDecoder();
    private final Message message = new Message();
    private DirectBuffer frame;
    private int limit;

    /** The template of a frame's message; 0 when there is none of this schema. */
    public int templateId(DirectBuffer buffer, int offset, int length) {
        if (length < MessageHeaderDecoder.ENCODED_LENGTH) {
            return 0;
        }
        header.wrap(buffer, offset);
        return header.schemaId() == MessageHeaderDecoder.SCHEMA_ID ? header.templateId() : 0;
    }

    /** Reads a message; it refers to the buffer, and is valid until the next call. */
    public Message read(long from, long to, DirectBuffer buffer, int offset, int length) {
        frame = buffer;
        limit = offset + length;
        int at = wrapHeader(offset, RaftMessageDecoder.TEMPLATE_ID, RaftMessageDecoder.BLOCK_LENGTH);
        decoder.wrap(buffer, at, header.blockLength(), header.version());
        at += header.blockLength();
        MessageType type = type(decoder.messageType());
        message.reset(type, from, to, decoder.term())
                .log(decoder.logIndex(), decoder.logTerm())
                .commit(decoder.commit())
                .round(decoder.round())
                .hint(decoder.hint())
                .flag(decoder.flag() != 0);
        int payloadLength = varLength(at);
        at += LENGTH_LENGTH;
        if (payloadLength > 0 || type == MessageType.PROPOSE) {
            message.payload(decoder.entryType(), buffer, at, payloadLength);
        }
        at = readEntries(at + payloadLength, decoder.entryCount());
        if (at != limit) {
            throw new MalformedMessageException("bytes are left over behind a message");
        }
        return message;
    }

    private int readEntries(int offset, int count) {
        if (count < 0 || count > ENTRIES_MAX || (count > 0 && message.type() != MessageType.APPEND)) {
            throw new MalformedMessageException(count + " entries in a message");
        }
        int at = offset;
        for (int i = 0; i < count; i++) {
            int blockAt = wrapHeader(at, LogEntryDecoder.TEMPLATE_ID, LogEntryDecoder.BLOCK_LENGTH);
            entry.wrap(frame, blockAt, header.blockLength(), header.version());
            int dataAt = blockAt + header.blockLength();
            int length = varLength(dataAt);
            message.addEntry(entry.term(), entry.entryType(), frame, dataAt + LENGTH_LENGTH, length);
            at = dataAt + LENGTH_LENGTH + length;
        }
        return at;
    }

    private int wrapHeader(int offset, int templateId, int blockLengthMin) {
        if (limit - offset < MessageHeaderDecoder.ENCODED_LENGTH) {
            throw new MalformedMessageException("a message is cut off");
        }
        header.wrap(frame, offset);
        int blockAt = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        if (header.schemaId() != MessageHeaderDecoder.SCHEMA_ID
                || header.templateId() != templateId
                || header.blockLength() < blockLengthMin
                || header.blockLength() > limit - blockAt) {
            throw new MalformedMessageException("no message " + templateId + " where there should be one");
        }
        return blockAt;
    }

    private int varLength(int at) {
        if (limit - at < LENGTH_LENGTH) {
            throw new MalformedMessageException("a length is cut off");
        }
        int length = frame.getInt(at, ByteOrder.LITTLE_ENDIAN);
        if (length < 0 || length > limit - at - LENGTH_LENGTH) {
            throw new MalformedMessageException("a length points outside");
        }
        return length;
    }

    private static MessageType type(int code) {
        try {
            return MessageType.of(code);
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException(e.getMessage());
        }
    }
}
