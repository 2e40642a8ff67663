package io.stele.gateway.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.stele.gateway.etcdserverpb.ResponseHeader;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.KeyValueDecoder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes a RangeResponse as its pairs come from the node, straight from the reply's memory to that of the answer.
 *
 * <pre>
 *   RangeResponse:  | 0x12 length KeyValue | 0x12 length KeyValue | ... | 0x0A length header | 0x18 more | 0x20 count |
 *   KeyValue:       | 0x0A length key | 0x10 create | 0x18 mod | 0x20 version | 0x2A length value | 0x30 lease |
 * </pre>
 *
 * <p>What is 0 or empty is left out.
 */
public final class RangeWriter {
    private static final int LENGTH_LENGTH = KeyValueDecoder.keyHeaderLength();
    private static final int PIECE_LENGTH_MIN = 512;
    private static final int PIECE_LENGTH_MAX = 256 * 1024;
    private static final int TAIL_LENGTH_MAX = 128;
    private static final int TAG_HEADER = 0x0A;
    private static final int TAG_PAIR = 0x12;
    private static final int TAG_MORE = 0x18;
    private static final int TAG_COUNT = 0x20;
    private static final int TAG_KEY = 0x0A;
    private static final int TAG_CREATE_REVISION = 0x10;
    private static final int TAG_MOD_REVISION = 0x18;
    private static final int TAG_VERSION = 0x20;
    private static final int TAG_VALUE = 0x2A;
    private static final int TAG_LEASE = 0x30;

    private final ByteBufAllocator allocator;
    private final KeyValueDecoder pair = new KeyValueDecoder();
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private WireMessage message = new WireMessage();
    private ByteBuf piece;
    private int pieceLength = PIECE_LENGTH_MIN;

    public RangeWriter(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Bytes so far. */
    public int length() {
        return message.length() + (piece == null ? 0 : piece.readableBytes());
    }

    /** The next {@code count} messages of the sequence, all pairs. */
    public void pairs(MessageSequence reply, long count) {
        for (long remaining = count; remaining > 0; remaining--) {
            pair(reply);
        }
    }

    private void pair(MessageSequence reply) {
        reply.next(KeyValueDecoder.TEMPLATE_ID);
        DirectBuffer buffer = reply.buffer();
        pair.wrap(buffer, reply.bodyOffset(), reply.blockLength(), reply.version());
        int keyLength = pair.keyLength();
        int keyOffset = pair.limit() + LENGTH_LENGTH;
        pair.skipKey();
        int valueLength = pair.valueLength();
        int valueOffset = pair.limit() + LENGTH_LENGTH;
        int length = bytesLength(keyLength)
                + fieldLength(pair.createRevision())
                + fieldLength(pair.modRevision())
                + fieldLength(pair.version())
                + bytesLength(valueLength)
                + fieldLength(pair.lease());
        room(1 + varintLength(length) + length);
        piece.writeByte(TAG_PAIR);
        varint(length);
        bytes(TAG_KEY, buffer, keyOffset, keyLength);
        field(TAG_CREATE_REVISION, pair.createRevision());
        field(TAG_MOD_REVISION, pair.modRevision());
        field(TAG_VERSION, pair.version());
        bytes(TAG_VALUE, buffer, valueOffset, valueLength);
        field(TAG_LEASE, pair.lease());
    }

    /** Ends the message, which is the caller's from here on. */
    public WireMessage end(ResponseHeader header, boolean more, long count) {
        room(TAIL_LENGTH_MAX);
        byte[] bytes = header.toByteArray();
        piece.writeByte(TAG_HEADER);
        varint(bytes.length);
        piece.writeBytes(bytes);
        field(TAG_MORE, more ? 1 : 0);
        field(TAG_COUNT, count);
        return part();
    }

    /** What there is so far, which is the caller's from here on; pairs alone, no header. */
    public WireMessage part() {
        if (piece != null) {
            message.add(piece);
            piece = null;
        }
        WireMessage done = message;
        message = new WireMessage();
        return done;
    }

    /** Nobody wants it. */
    public void release() {
        part().close();
    }

    private void room(int length) {
        if (piece != null && piece.writableBytes() >= length) {
            return;
        }
        if (piece != null) {
            message.add(piece);
            pieceLength = Math.min(PIECE_LENGTH_MAX, 4 * pieceLength);
        }
        piece = allocator.directBuffer(Math.max(length, pieceLength));
    }

    private void bytes(int tag, DirectBuffer source, int offset, int length) {
        if (length == 0) {
            return;
        }
        piece.writeByte(tag);
        varint(length);
        int position = piece.writerIndex();
        view.wrap(piece.memoryAddress() + position, length);
        view.putBytes(0, source, offset, length);
        piece.writerIndex(position + length);
    }

    private void field(int tag, long value) {
        if (value != 0) {
            piece.writeByte(tag);
            varint(value);
        }
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            piece.writeByte((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        piece.writeByte((int) rest);
    }

    private static int bytesLength(int length) {
        return length == 0 ? 0 : 1 + varintLength(length) + length;
    }

    private static int fieldLength(long value) {
        return value == 0 ? 0 : 1 + varintLength(value);
    }

    private static int varintLength(long value) {
        return (Long.SIZE - Long.numberOfLeadingZeros(value | 1) + 6) / 7;
    }
}
