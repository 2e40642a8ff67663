package io.stele.gateway.wire;

import com.google.protobuf.MessageLite;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;

/**
 * A message already in its form on the wire, in pieces of memory that are given back one by one as they are sent. Has
 * one owner, who sends it or releases it.
 */
public final class WireMessage extends InputStream implements Drainable, KnownLength {
    private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>();
    private int remaining;

    WireMessage() {}

    /** Takes a piece over. */
    void add(ByteBuf piece) {
        pieces.add(piece);
        remaining += piece.readableBytes();
    }

    /** The same as the first field of another message; takes this one over. */
    public WireMessage nested(ByteBufAllocator allocator) {
        ByteBuf prefix = allocator.directBuffer(8);
        prefix.writeByte(0x0A);
        int rest = remaining;
        while (rest > 0x7F) {
            prefix.writeByte((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        prefix.writeByte(rest);
        remaining += prefix.readableBytes();
        pieces.addFirst(prefix);
        return this;
    }

    /** A message that was made otherwise. */
    public static WireMessage of(MessageLite message) {
        WireMessage wire = new WireMessage();
        wire.add(Unpooled.wrappedBuffer(message.toByteArray()));
        return wire;
    }

    /** The same bytes once more, in the same memory. */
    public WireMessage share() {
        WireMessage shared = new WireMessage();
        for (ByteBuf piece : pieces) {
            shared.add(piece.retainedDuplicate());
        }
        return shared;
    }

    /** This one's bytes and then those of the other, which is taken over. */
    public WireMessage append(WireMessage other) {
        other.pieces.forEach(this::add);
        other.pieces.clear();
        other.remaining = 0;
        return this;
    }

    public int length() {
        return remaining;
    }

    @Override
    public int available() {
        return remaining;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
        int total = remaining;
        while (!pieces.isEmpty()) {
            ByteBuf piece = pieces.peek();
            piece.readBytes(target, piece.readableBytes());
            pieces.poll().release();
        }
        remaining = 0;
        return total;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) == 1 ? one[0] & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (remaining == 0) {
            return -1;
        }
        ByteBuf piece = pieces.peek();
        int count = Math.min(length, piece.readableBytes());
        piece.readBytes(target, offset, count);
        remaining -= count;
        if (!piece.isReadable()) {
            pieces.poll().release();
        }
        return count;
    }

    @Override
    public void close() {
        pieces.forEach(ByteBuf::release);
        pieces.clear();
        remaining = 0;
    }
}
