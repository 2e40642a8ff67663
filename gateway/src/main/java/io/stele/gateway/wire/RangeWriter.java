package io.stele.gateway.wire;

import io.netty.buffer.ByteBufAllocator;
import io.stele.gateway.etcdserverpb.ResponseHeader;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.KeyValueDecoder;

/**
 * Writes a RangeResponse as its pairs come from the node.
 *
 * <pre>
 *   | 0x12 length KeyValue | 0x12 length KeyValue | ... | 0x0A length header | 0x18 more | 0x20 count |
 * </pre>
 */
public final class RangeWriter {
    private static final int TAIL_LENGTH_MAX = 128;
    private static final int TAG_HEADER = 0x0A;
    private static final int TAG_PAIR = 0x12;
    private static final int TAG_MORE = 0x18;
    private static final int TAG_COUNT = 0x20;

    private final WireBuffer out;
    private final KeyValueDecoder decoder = new KeyValueDecoder();
    private final PairWriter pair = new PairWriter();

    public RangeWriter(ByteBufAllocator allocator) {
        out = new WireBuffer(allocator);
    }

    /** Bytes so far. */
    public int length() {
        return out.length();
    }

    /** The next {@code count} messages of the sequence, all pairs. */
    public void pairs(MessageSequence reply, long count) {
        for (long remaining = count; remaining > 0; remaining--) {
            reply.next(KeyValueDecoder.TEMPLATE_ID);
            decoder.wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
            pair.wrap(
                    reply.buffer(),
                    decoder.limit(),
                    decoder.createRevision(),
                    decoder.modRevision(),
                    decoder.version(),
                    decoder.lease());
            int length = pair.length();
            out.room(1 + WireBuffer.varintLength(length) + length);
            out.tag(TAG_PAIR);
            out.varint(length);
            pair.write(out);
        }
    }

    /** Ends the message, which is the caller's from here on. */
    public WireMessage end(ResponseHeader header, boolean more, long count) {
        out.room(TAIL_LENGTH_MAX);
        out.message(TAG_HEADER, header.toByteArray());
        out.field(TAG_MORE, more ? 1 : 0);
        out.field(TAG_COUNT, count);
        return out.take();
    }

    /** What there is so far, which is the caller's from here on; pairs alone, no header. */
    public WireMessage part() {
        return out.take();
    }

    /** Nobody wants it. */
    public void release() {
        out.take().close();
    }
}
