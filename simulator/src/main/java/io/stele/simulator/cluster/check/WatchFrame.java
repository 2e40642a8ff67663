package io.stele.simulator.cluster.check;

import io.stele.simulator.Violation;
import io.stele.simulator.check.Change;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.KeyValueDecoder;
import io.stele.transport.codec.WatchEventDecoder;
import io.stele.transport.codec.WatchEventsDecoder;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** Events as they came, for some of the watches of a connection. */
public record WatchFrame(long revision, boolean isFragment, List<Long> watchIds, List<Change> events) {
    public static WatchFrame read(byte[] bytes) {
        MessageSequence m = new MessageSequence().wrap(new UnsafeBuffer(bytes), 0, bytes.length);
        m.next();
        WatchEventsDecoder d = new WatchEventsDecoder();
        d.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version());
        List<Long> watchIds = new ArrayList<>();
        int from = d.limit() + WatchEventsDecoder.watchIdsHeaderLength();
        for (int at = from; at < from + d.watchIdsLength(); at += Long.BYTES) {
            watchIds.add(m.buffer().getLong(at, ByteOrder.LITTLE_ENDIAN));
        }
        List<Change> events = new ArrayList<>();
        boolean wantsPrevious = false;
        while (m.next()) {
            if (m.templateId() == WatchEventDecoder.TEMPLATE_ID && !wantsPrevious) {
                WatchEventDecoder event = new WatchEventDecoder();
                event.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version());
                wantsPrevious = event.flags().previous();
                events.add(read(event));
            } else if (m.templateId() == KeyValueDecoder.TEMPLATE_ID && wantsPrevious) {
                KeyValueDecoder pair = new KeyValueDecoder();
                pair.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version());
                wantsPrevious = false;
                events.add(with(events.remove(events.size() - 1), read(pair)));
            } else {
                throw new Violation("watch protocol", "message " + m.templateId() + " among events");
            }
        }
        if (wantsPrevious || events.size() != d.eventCount()) {
            throw new Violation("watch protocol", d.eventCount() + " events announced, " + events.size() + " there");
        }
        return new WatchFrame(d.revision(), d.fragment() == 1, watchIds, events);
    }

    private static Change read(WatchEventDecoder event) {
        boolean isDeleted = event.flags().deleted();
        if (isDeleted != (event.version() == 0)) {
            throw new Violation("watch event", "the kind of " + event);
        }
        byte[] key = new byte[event.keyLength()];
        event.getKey(key, 0, key.length);
        byte[] value = new byte[event.valueLength()];
        event.getValue(value, 0, value.length);
        return new Change(
                event.modRevision(), key, event.createRevision(), event.version(), event.lease(), value, null);
    }

    private static Change read(KeyValueDecoder pair) {
        byte[] key = new byte[pair.keyLength()];
        pair.getKey(key, 0, key.length);
        byte[] value = new byte[pair.valueLength()];
        pair.getValue(value, 0, value.length);
        return new Change(pair.modRevision(), key, pair.createRevision(), pair.version(), pair.lease(), value, null);
    }

    private static Change with(Change event, Change previous) {
        return new Change(
                event.revision(),
                event.key(),
                event.createRevision(),
                event.version(),
                event.lease(),
                event.value(),
                previous);
    }
}
