package io.stele.server.watch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.server.machine.model.Reply.Pair;
import io.stele.transport.MessageSequence;
import io.stele.transport.ReplySplitter;
import io.stele.transport.codec.ErrorReplyDecoder;
import io.stele.transport.codec.KeyValueDecoder;
import io.stele.transport.codec.WatchCanceledReplyDecoder;
import io.stele.transport.codec.WatchCreatedReplyDecoder;
import io.stele.transport.codec.WatchEventDecoder;
import io.stele.transport.codec.WatchEventsDecoder;
import io.stele.transport.codec.WatchProgressReplyDecoder;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.DirectBuffer;

/** What a connection was sent about its watches, put together as a client does, and checked while it is. */
public final class Received {
    /** A change; a deletion has a pair of which only key and mod revision are set. */
    public record Event(Pair pair, boolean isDeletion, Pair previous) {}

    /** One watch's part. */
    public static final class Watch {
        /** Revision that its creation was answered with. */
        public long createdRevision;

        /** Whole revisions, in the order in which they came. */
        public final Map<Long, List<Event>> revisions = new TreeMap<>();

        public boolean isCanceled;
        public long compactRevision;
        public String reason;

        /** Nothing at or before it may follow. */
        public long bookmark;

        private final List<Event> open = new ArrayList<>();
        private long openRevision;

        void take(Event event) {
            long revision = event.pair().mod();
            assertFalse(isCanceled, "an event after the end");
            assertTrue(revision > bookmark, "revision " + revision + " after progress " + bookmark);
            if (openRevision != revision) {
                complete();
                openRevision = revision;
            }
            open.add(event);
        }

        void complete() {
            if (!open.isEmpty()) {
                bookmark = openRevision;
                assertEquals(null, revisions.put(openRevision, List.copyOf(open)));
                open.clear();
            }
            openRevision = 0;
        }
    }

    public final Map<Long, Watch> watches = new TreeMap<>();
    public final List<String> errors = new ArrayList<>();
    public int frameCount;
    public int eventCount;

    /** The last answer about progress: revision, and whether all were up to date. */
    public long progressRevision;

    public boolean isProgressSynced;

    /** Takes any frame about watches. */
    public void onFrame(DirectBuffer buffer, int offset, int length) {
        MessageSequence frame = new MessageSequence().wrap(buffer, offset, length);
        frame.next();
        frameCount++;
        switch (frame.templateId()) {
            case WatchCreatedReplyDecoder.TEMPLATE_ID -> {
                WatchCreatedReplyDecoder reply = new WatchCreatedReplyDecoder()
                        .wrap(buffer, frame.bodyOffset(), frame.blockLength(), frame.version());
                Watch watch = new Watch();
                watch.createdRevision = reply.revision();
                assertEquals(null, watches.put(reply.watchId(), watch), "created twice");
            }
            case WatchCanceledReplyDecoder.TEMPLATE_ID -> onCanceled(frame);
            case WatchProgressReplyDecoder.TEMPLATE_ID -> onProgress(frame);
            case WatchEventsDecoder.TEMPLATE_ID -> onEvents(frame);
            case ErrorReplyDecoder.TEMPLATE_ID ->
                errors.add(new ErrorReplyDecoder()
                        .wrap(buffer, frame.bodyOffset(), frame.blockLength(), frame.version())
                        .text());
            default -> throw new AssertionError("message " + frame.templateId());
        }
    }

    private void onCanceled(MessageSequence frame) {
        WatchCanceledReplyDecoder reply = new WatchCanceledReplyDecoder()
                .wrap(frame.buffer(), frame.bodyOffset(), frame.blockLength(), frame.version());
        Watch watch = watches.get(reply.watchId());
        String reason = reply.reason();
        if (watch == null) {
            watch = new Watch();
            watches.put(reply.watchId(), watch);
        }
        watch.open.clear();
        watch.isCanceled = true;
        watch.compactRevision = reply.compactRevision();
        watch.reason = reason;
    }

    private void onProgress(MessageSequence frame) {
        WatchProgressReplyDecoder reply = new WatchProgressReplyDecoder()
                .wrap(frame.buffer(), frame.bodyOffset(), frame.blockLength(), frame.version());
        progressRevision = reply.revision();
        isProgressSynced = reply.synced() == 1;
        watches.forEach((id, watch) -> {
            if (reply.watchId() == id || reply.watchId() == -1) {
                assertTrue(watch.open.isEmpty() || watch.openRevision > reply.revision(), "progress within a revision");
                watch.bookmark = Math.max(watch.bookmark, reply.revision());
            }
        });
    }

    private void onEvents(MessageSequence frame) {
        DirectBuffer buffer = frame.buffer();
        assertTrue(ReplySplitter.isPartial(buffer, frame.messageOffset()), "pushed frames are no replies");
        WatchEventsDecoder head =
                new WatchEventsDecoder().wrap(buffer, frame.bodyOffset(), frame.blockLength(), frame.version());
        int idCount = head.watchIdsLength() / Long.BYTES;
        int idsAt = head.limit() + WatchEventsDecoder.watchIdsHeaderLength();
        List<Watch> targets = new ArrayList<>();
        for (int i = 0; i < idCount; i++) {
            Watch watch = watches.get(buffer.getLong(idsAt + i * Long.BYTES, ByteOrder.LITTLE_ENDIAN));
            assertTrue(watch != null, "events of an unknown watch");
            targets.add(watch);
        }
        for (long remaining = head.eventCount(); remaining > 0; remaining--) {
            Event event = event(frame);
            eventCount++;
            targets.forEach(watch -> watch.take(event));
            if (remaining == 1) {
                assertEquals(head.revision(), event.pair().mod());
            }
        }
        if (head.fragment() == 0) {
            targets.forEach(Watch::complete);
        }
        assertFalse(frame.next(), "a frame holds what it says");
    }

    private static Event event(MessageSequence frame) {
        frame.next(WatchEventDecoder.TEMPLATE_ID);
        WatchEventDecoder event =
                new WatchEventDecoder().wrap(frame.buffer(), frame.bodyOffset(), frame.blockLength(), frame.version());
        boolean hasPrevious = event.flags().previous();
        boolean isDeletion = event.flags().deleted();
        byte[] key = new byte[event.keyLength()];
        event.getKey(key, 0, key.length);
        byte[] value = new byte[event.valueLength()];
        event.getValue(value, 0, value.length);
        Pair pair = new Pair(
                new String(key, ISO_8859_1),
                new String(value, ISO_8859_1),
                event.createRevision(),
                event.modRevision(),
                event.version(),
                event.lease());
        return new Event(pair, isDeletion, hasPrevious ? previous(frame) : null);
    }

    private static Pair previous(MessageSequence frame) {
        frame.next(KeyValueDecoder.TEMPLATE_ID);
        KeyValueDecoder pair =
                new KeyValueDecoder().wrap(frame.buffer(), frame.bodyOffset(), frame.blockLength(), frame.version());
        byte[] key = new byte[pair.keyLength()];
        pair.getKey(key, 0, key.length);
        byte[] value = new byte[pair.valueLength()];
        pair.getValue(value, 0, value.length);
        return new Pair(
                new String(key, ISO_8859_1),
                new String(value, ISO_8859_1),
                pair.createRevision(),
                pair.modRevision(),
                pair.version(),
                pair.lease());
    }
}
