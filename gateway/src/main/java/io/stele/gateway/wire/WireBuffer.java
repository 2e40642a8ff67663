package io.stele.gateway.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Protobuf's form of fields, written into pieces of memory. What is 0 or empty is left out, as protobuf does.
 * {@link #room} comes before what it makes room for, which is then in one piece.
 */
final class WireBuffer {
    private static final int PIECE_LENGTH_MIN = 512;
    private static final int PIECE_LENGTH_MAX = 256 * 1024;

    private final ByteBufAllocator allocator;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private WireMessage message = new WireMessage();
    private ByteBuf piece;
    private int pieceLength = PIECE_LENGTH_MIN;

    WireBuffer(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Bytes since the last {@link #take}. */
    int length() {
        return message.length() + (piece == null ? 0 : piece.readableBytes());
    }

    /** What was written, which is the caller's from here on. */
    WireMessage take() {
        if (piece != null) {
            message.add(piece);
            piece = null;
        }
        WireMessage done = message;
        message = new WireMessage();
        return done;
    }

    void room(int length) {
        if (piece != null && piece.writableBytes() >= length) {
            return;
        }
        if (piece != null) {
            message.add(piece);
            pieceLength = Math.min(PIECE_LENGTH_MAX, 4 * pieceLength);
        }
        piece = allocator.directBuffer(Math.max(length, pieceLength));
    }

    void tag(int tag) {
        piece.writeByte(tag);
    }

    void bytes(int tag, DirectBuffer source, int offset, int length) {
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

    void message(int tag, byte[] bytes) {
        piece.writeByte(tag);
        varint(bytes.length);
        piece.writeBytes(bytes);
    }

    void field(int tag, long value) {
        if (value != 0) {
            piece.writeByte(tag);
            varint(value);
        }
    }

    void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            piece.writeByte((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        piece.writeByte((int) rest);
    }

    static int bytesLength(int length) {
        return length == 0 ? 0 : 1 + varintLength(length) + length;
    }

    static int fieldLength(long value) {
        return value == 0 ? 0 : 1 + varintLength(value);
    }

    static int varintLength(long value) {
        return (Long.SIZE - Long.numberOfLeadingZeros(value | 1) + 6) / 7;
    }
}
