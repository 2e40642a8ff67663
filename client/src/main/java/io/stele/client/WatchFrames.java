package io.stele.client;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.transport.MessageSequence;
import io.stele.transport.client.ServerIdentity;
import io.stele.transport.codec.EventFlagsDecoder;
import io.stele.transport.codec.KeyValueDecoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.WatchCancelRequestEncoder;
import io.stele.transport.codec.WatchCreateRequestEncoder;
import io.stele.transport.codec.WatchEventDecoder;
import io.stele.transport.codec.WatchEventsDecoder;
import io.stele.transport.codec.WatchProgressRequestEncoder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/** Reads and writes the messages of watches. */
final class WatchFrames {
    private final MessageSequence sequence = new MessageSequence();
    private final WatchEventsDecoder head = new WatchEventsDecoder();
    private final WatchEventDecoder event = new WatchEventDecoder();
    private final KeyValueDecoder pair = new KeyValueDecoder();
    private final EventFlagsDecoder flags = new EventFlagsDecoder();
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(512);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final WatchCreateRequestEncoder create = new WatchCreateRequestEncoder();
    private final WatchCancelRequestEncoder cancel = new WatchCancelRequestEncoder();
    private final WatchProgressRequestEncoder progress = new WatchProgressRequestEncoder();
    private int idsOffset;
    private int idCount;

    /** What was written last. */
    DirectBuffer buffer() {
        return buffer;
    }

    int create(Watch watch) {
        create.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(0)
                .watchId(watch.watchId)
                .startRevision(watch.nextRevision());
        WatchOptions options = watch.options;
        create.flags()
                .clear()
                .previous(options.previous())
                .progressNotify(options.progressNotify())
                .noPut(options.noPut())
                .noDelete(options.noDelete())
                .requireLeader(options.requireLeader());
        byte[] key = options.start(watch.key).array();
        byte[] end = options.end(watch.key).array();
        create.putKey(key, 0, key.length).putRangeEnd(end, 0, end.length);
        return create.limit();
    }

    int cancel(long watchId) {
        cancel.wrapAndApplyHeader(buffer, 0, header).correlationId(0).watchId(watchId);
        return cancel.limit();
    }

    int progress() {
        progress.wrapAndApplyHeader(buffer, 0, header).correlationId(0);
        progress.putWatchIds(Bytes.EMPTY.array(), 0, 0);
        return progress.limit();
    }

    /** Reads a frame of events; who they are for, {@link #watchId} says. */
    WatchEvents read(DirectBuffer frame, int offset, int length, ServerIdentity server) {
        sequence.wrap(frame, offset, length);
        sequence.next(WatchEventsDecoder.TEMPLATE_ID);
        head.wrap(frame, sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        long count = head.eventCount();
        boolean isFragment = head.fragment() != 0;
        Header from = new Header(server.clusterId(), server.memberId(), head.revision(), head.raftTerm());
        idCount = head.watchIdsLength() / Long.BYTES;
        idsOffset = head.limit() + WatchEventsDecoder.watchIdsHeaderLength();
        List<WatchEvent> events = new ArrayList<>((int) Math.min(count, 1024));
        for (long remaining = count; remaining > 0; remaining--) {
            events.add(readEvent());
        }
        return new WatchEvents(from, events, isFragment);
    }

    int watchCount() {
        return idCount;
    }

    long watchId(int i) {
        return sequence.buffer().getLong(idsOffset + i * Long.BYTES, LITTLE_ENDIAN);
    }

    private WatchEvent readEvent() {
        sequence.next(WatchEventDecoder.TEMPLATE_ID);
        event.wrap(sequence.buffer(), sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        flags.wrap(sequence.buffer(), sequence.bodyOffset() + WatchEventDecoder.flagsEncodingOffset());
        boolean isDelete = flags.deleted();
        boolean hasPrevious = flags.previous();
        byte[] key = new byte[event.keyLength()];
        event.getKey(key, 0, key.length);
        byte[] value = new byte[event.valueLength()];
        event.getValue(value, 0, value.length);
        KeyValue now = new KeyValue(
                Bytes.wrap(key),
                Bytes.wrap(value),
                event.createRevision(),
                event.modRevision(),
                event.version(),
                event.lease());
        return new WatchEvent(isDelete, now, hasPrevious ? readPrevious(now.key()) : null);
    }

    private KeyValue readPrevious(Bytes key) {
        sequence.next(KeyValueDecoder.TEMPLATE_ID);
        pair.wrap(sequence.buffer(), sequence.bodyOffset(), sequence.blockLength(), sequence.version());
        pair.skipKey();
        byte[] value = new byte[pair.valueLength()];
        pair.getValue(value, 0, value.length);
        return new KeyValue(
                key, Bytes.wrap(value), pair.createRevision(), pair.modRevision(), pair.version(), pair.lease());
    }
}
