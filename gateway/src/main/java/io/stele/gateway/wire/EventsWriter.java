package io.stele.gateway.wire;

import io.netty.buffer.ByteBufAllocator;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.EventFlagsDecoder;
import io.stele.transport.codec.KeyValueDecoder;
import io.stele.transport.codec.WatchEventDecoder;

/**
 * Writes the events of a WatchResponse as they come from the node, once for however many watches they are.
 *
 * <pre>
 *   | 0x5A length Event | 0x5A length Event | ...
 *   Event:  | 0x08 type | 0x12 length KeyValue | 0x1A length KeyValue before |
 * </pre>
 */
public final class EventsWriter {
    private static final int TAG_EVENT = 0x5A;
    private static final int TAG_TYPE = 0x08;
    private static final int TAG_PAIR = 0x12;
    private static final int TAG_PREVIOUS = 0x1A;
    private static final int TYPE_DELETE = 1;

    private final WireBuffer out;
    private final WatchEventDecoder event = new WatchEventDecoder();
    private final KeyValueDecoder previous = new KeyValueDecoder();
    private final PairWriter pair = new PairWriter();
    private final PairWriter previousPair = new PairWriter();
    private long firstRevision;

    public EventsWriter(ByteBufAllocator allocator) {
        out = new WireBuffer(allocator);
    }

    /** The next {@code count} events of the sequence, each with its parts. The result is the caller's. */
    public WireMessage events(MessageSequence reply, long count) {
        firstRevision = 0;
        for (long remaining = count; remaining > 0; remaining--) {
            event(reply);
        }
        return out.take();
    }

    /** Revision of the first of the events written last; 0 when there were none. */
    public long firstRevision() {
        return firstRevision;
    }

    private void event(MessageSequence reply) {
        reply.next(WatchEventDecoder.TEMPLATE_ID);
        event.wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
        EventFlagsDecoder flags = event.flags();
        boolean deleted = flags.deleted();
        boolean hasPrevious = flags.previous();
        if (firstRevision == 0) {
            firstRevision = event.modRevision();
        }
        pair.wrap(
                reply.buffer(),
                event.limit(),
                event.createRevision(),
                event.modRevision(),
                event.version(),
                event.lease());
        if (hasPrevious) {
            reply.next(KeyValueDecoder.TEMPLATE_ID);
            previous.wrap(reply.buffer(), reply.bodyOffset(), reply.blockLength(), reply.version());
            previousPair.wrap(
                    reply.buffer(),
                    previous.limit(),
                    previous.createRevision(),
                    previous.modRevision(),
                    previous.version(),
                    previous.lease());
        }
        write(deleted ? TYPE_DELETE : 0, hasPrevious);
    }

    private void write(int type, boolean hasPrevious) {
        int pairLength = pair.length();
        int previousLength = hasPrevious ? previousPair.length() : 0;
        int length = WireBuffer.fieldLength(type)
                + WireBuffer.bytesLength(pairLength)
                + WireBuffer.bytesLength(previousLength);
        out.room(1 + WireBuffer.varintLength(length) + length);
        out.tag(TAG_EVENT);
        out.varint(length);
        out.field(TAG_TYPE, type);
        out.tag(TAG_PAIR);
        out.varint(pairLength);
        pair.write(out);
        if (hasPrevious) {
            out.tag(TAG_PREVIOUS);
            out.varint(previousLength);
            previousPair.write(out);
        }
    }
}
