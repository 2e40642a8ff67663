package io.stele.simulator.planted;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.simulator.Ports;
import io.stele.simulator.planted.PlantedNodeBugs.PassingHandler;
import io.stele.simulator.planted.PlantedNodeBugs.PassingLink;
import io.stele.transport.MessageSequence;
import io.stele.transport.ReplySplitter;
import io.stele.transport.RequestFrame;
import io.stele.transport.SendResult;
import io.stele.transport.client.ClientHandler;
import io.stele.transport.client.ClientLink;
import io.stele.transport.codec.CompactRequestDecoder;
import io.stele.transport.codec.LeaseKeepAliveReplyDecoder;
import io.stele.transport.codec.LeaseKeepAliveReplyEncoder;
import io.stele.transport.codec.LeaseKeepAliveRequestDecoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.PutReplyDecoder;
import io.stele.transport.codec.WatchCreateRequestDecoder;
import io.stele.transport.codec.WatchCreatedReplyDecoder;
import io.stele.transport.codec.WatchEventDecoder;
import io.stele.transport.codec.WatchEventsDecoder;
import io.stele.transport.codec.WatchProgressReplyDecoder;
import io.stele.transport.codec.WatchProgressReplyEncoder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** What etcd has got wrong about watches and keep-alives, done again between a node and its clients. */
final class PlantedWatchBugs {
    private static final int BODY = MessageHeaderDecoder.ENCODED_LENGTH;
    private static final int START_AT = BODY + WatchCreateRequestDecoder.startRevisionEncodingOffset();
    private static final int REVISION_AT = BODY + PutReplyDecoder.revisionEncodingOffset();
    private static final int FRAGMENT_AT = BODY + WatchEventsDecoder.fragmentEncodingOffset();
    private static final int EVENT_COUNT_AT = BODY + WatchEventsDecoder.eventCountEncodingOffset();

    private PlantedWatchBugs() {}

    /** What is wrong; sees copies of all frames, with what is known at the node's door. */
    abstract static class Flaw {
        /** The newest revision that was said here. */
        long known;

        /** Revisions that somebody wanted to be compacted. */
        final Set<Long> compacted = new HashSet<>();

        /** First revisions of watches, by connection and watch. */
        final Map<String, Long> starts = new HashMap<>();

        ClientLink link;

        /** Changes a request; false: it never reaches the node. */
        boolean onRequest(long connectionId, MutableDirectBuffer frame) {
            return true;
        }

        /** Changes a reply; null: it is never sent. */
        UnsafeBuffer onReply(long connectionId, UnsafeBuffer frame) {
            return frame;
        }
    }

    /** Progress is that of the member, whatever was delivered: #15220. */
    static Ports tellsOfProgressAhead() {
        return of(() -> new Flaw() {
            @Override
            UnsafeBuffer onReply(long connectionId, UnsafeBuffer frame) {
                if (is(frame, WatchProgressReplyDecoder.TEMPLATE_ID)) {
                    frame.putLong(REVISION_AT, known, LITTLE_ENDIAN);
                }
                return frame;
            }
        });
    }

    /** A watch from a revision that the member does not have yet begins with what it has: #15271. */
    static Ports beginsFutureWatchesInThePast() {
        return of(() -> new Flaw() {
            @Override
            boolean onRequest(long connectionId, MutableDirectBuffer frame) {
                if (is(frame, WatchCreateRequestDecoder.TEMPLATE_ID)
                        && frame.getLong(START_AT, LITTLE_ENDIAN) > known + 1) {
                    frame.putLong(START_AT, Math.max(1, known - 3), LITTLE_ENDIAN);
                }
                return true;
            }
        });
    }

    /** A watch from a later revision is told of progress before it: #20221. */
    static Ports tellsFutureWatchesOfProgress() {
        return of(() -> new Flaw() {
            private final Set<Long> future = new HashSet<>();

            @Override
            boolean onRequest(long connectionId, MutableDirectBuffer frame) {
                if (is(frame, WatchCreateRequestDecoder.TEMPLATE_ID)
                        && frame.getLong(START_AT, LITTLE_ENDIAN) > known + 5
                        && (frame.getByte(BODY + WatchCreateRequestDecoder.flagsEncodingOffset()) & 2) != 0) {
                    future.add(ReplySplitter.correlationId(frame, 0));
                }
                return true;
            }

            @Override
            UnsafeBuffer onReply(long connectionId, UnsafeBuffer frame) {
                boolean isCreated = is(frame, WatchCreatedReplyDecoder.TEMPLATE_ID);
                if (!isCreated || !future.remove(ReplySplitter.correlationId(frame, 0))) {
                    return frame;
                }
                WatchCreatedReplyDecoder created = new WatchCreatedReplyDecoder();
                created.wrapAndApplyHeader(frame, 0, new MessageHeaderDecoder());
                UnsafeBuffer progress = new UnsafeBuffer(new byte[128]);
                WatchProgressReplyEncoder e = new WatchProgressReplyEncoder();
                e.wrapAndApplyHeader(progress, 0, new MessageHeaderEncoder())
                        .correlationId(0)
                        .revision(created.revision())
                        .raftTerm(1)
                        .watchId(created.watchId())
                        .synced((short) 1)
                        .flags()
                        .clear()
                        .partial(true);
                link.send(connectionId, frame, 0, frame.capacity());
                link.send(connectionId, progress, 0, e.limit());
                return null;
            }
        });
    }

    /** Deletions at a compact revision are gone: #18089. */
    static Ports losesDeletionsAtCompactRevisions() {
        return of(() -> new Flaw() {
            @Override
            UnsafeBuffer onReply(long connectionId, UnsafeBuffer frame) {
                return withoutDeletions(frame, event -> compacted.contains(event.modRevision()));
            }
        });
    }

    /** So are those in the first revision of a watch that is opened while that is being compacted: #19179. */
    static Ports losesDeletionsAtTheStart() {
        return of(() -> new Flaw() {
            @Override
            UnsafeBuffer onReply(long connectionId, UnsafeBuffer frame) {
                return withoutDeletions(frame, event -> {
                    boolean isFirst = starts.containsKey(connectionId + "/" + event.modRevision());
                    return isFirst && compacted.contains(event.modRevision());
                });
            }
        });
    }

    /** What a slow reader has no room for is lost now and then: #17529. */
    static Ports starvesSlowReaders() {
        return of(() -> new Flaw() {
            private int count;

            @Override
            UnsafeBuffer onReply(long connectionId, UnsafeBuffer frame) {
                boolean isLost = is(frame, WatchEventsDecoder.TEMPLATE_ID)
                        && link.queuedBytes(connectionId) > 200
                        && ++count % 10 == 0;
                return isLost ? null : frame;
            }
        });
    }

    /** A watch is opened again one revision too late. */
    static Ports resumesTooLate() {
        return of(() -> new Flaw() {
            @Override
            boolean onRequest(long connectionId, MutableDirectBuffer frame) {
                if (is(frame, WatchCreateRequestDecoder.TEMPLATE_ID) && frame.getLong(START_AT, LITTLE_ENDIAN) > 0) {
                    frame.putLong(START_AT, frame.getLong(START_AT, LITTLE_ENDIAN) + 1, LITTLE_ENDIAN);
                }
                return true;
            }
        });
    }

    /** Parts of revisions are passed off as whole ones. */
    static Ports hidesFragments() {
        return of(() -> new Flaw() {
            @Override
            UnsafeBuffer onReply(long connectionId, UnsafeBuffer frame) {
                if (is(frame, WatchEventsDecoder.TEMPLATE_ID)) {
                    frame.putByte(FRAGMENT_AT, (byte) 0);
                }
                return frame;
            }
        });
    }

    /** A member says that a lease was renewed without asking whether anybody else leads by now: #15247. */
    static Ports renewsWhatItMayNot() {
        return of(() -> new Flaw() {
            private final Map<Long, Long> ttls = new HashMap<>();

            @Override
            boolean onRequest(long connectionId, MutableDirectBuffer frame) {
                if (!is(frame, LeaseKeepAliveRequestDecoder.TEMPLATE_ID)) {
                    return true;
                }
                LeaseKeepAliveRequestDecoder d = new LeaseKeepAliveRequestDecoder();
                d.wrapAndApplyHeader(frame, 0, new MessageHeaderDecoder());
                Long ttl = ttls.get(d.leaseId());
                if (ttl == null) {
                    return true;
                }
                UnsafeBuffer reply = new UnsafeBuffer(new byte[128]);
                LeaseKeepAliveReplyEncoder e = new LeaseKeepAliveReplyEncoder();
                e.wrapAndApplyHeader(reply, 0, new MessageHeaderEncoder())
                        .correlationId(d.correlationId())
                        .revision(known)
                        .raftTerm(1);
                e.leaseId(d.leaseId()).ttl(ttl).flags().clear();
                link.send(connectionId, reply, 0, e.limit());
                return false;
            }

            @Override
            UnsafeBuffer onReply(long connectionId, UnsafeBuffer frame) {
                if (is(frame, LeaseKeepAliveReplyDecoder.TEMPLATE_ID)) {
                    LeaseKeepAliveReplyDecoder d = new LeaseKeepAliveReplyDecoder();
                    d.wrapAndApplyHeader(frame, 0, new MessageHeaderDecoder());
                    if (d.ttl() > 0) {
                        ttls.put(d.leaseId(), d.ttl());
                    }
                }
                return frame;
            }
        });
    }

    private static boolean is(DirectBuffer frame, int templateId) {
        return RequestFrame.templateId(frame, 0) == templateId;
    }

    /** Which deletions are to go. */
    private interface Deletions {
        boolean go(WatchEventDecoder event);
    }

    private static UnsafeBuffer withoutDeletions(UnsafeBuffer frame, Deletions lost) {
        if (!is(frame, WatchEventsDecoder.TEMPLATE_ID)) {
            return frame;
        }
        UnsafeBuffer kept = new UnsafeBuffer(new byte[frame.capacity()]);
        MessageSequence m = new MessageSequence().wrap(frame, 0, frame.capacity());
        int length = 0;
        int count = 0;
        long revision = 0;
        boolean isLost = false;
        while (m.next()) {
            if (m.templateId() == WatchEventDecoder.TEMPLATE_ID) {
                WatchEventDecoder event = new WatchEventDecoder();
                event.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version());
                isLost = event.flags().deleted() && lost.go(event);
                count += isLost ? 0 : 1;
                revision = isLost ? revision : event.modRevision();
            }
            if (!isLost) {
                kept.putBytes(length, frame, m.messageOffset(), m.messageLength());
                length += m.messageLength();
            }
        }
        if (length == frame.capacity()) {
            return frame;
        }
        kept.putInt(EVENT_COUNT_AT, count, LITTLE_ENDIAN);
        kept.putLong(REVISION_AT, revision, LITTLE_ENDIAN);
        return count == 0 ? null : new UnsafeBuffer(kept, 0, length);
    }

    private static Ports of(Supplier<Flaw> flaws) {
        return new Ports() {
            @Override
            public ClientLink clients(ClientLink link) {
                return new FlawedLink(link, flaws.get());
            }
        };
    }

    private static final class FlawedLink extends PassingLink {
        private final Flaw flaw;

        FlawedLink(ClientLink link, Flaw flaw) {
            super(link);
            this.flaw = flaw;
            flaw.link = link;
        }

        @Override
        public int poll(ClientHandler handler, int limit) {
            return link.poll(
                    new PassingHandler(handler) {
                        @Override
                        public void onRequest(long connectionId, DirectBuffer buffer, int offset, int length) {
                            UnsafeBuffer frame = copy(buffer, offset, length);
                            note(connectionId, frame);
                            if (flaw.onRequest(connectionId, frame)) {
                                handler.onRequest(connectionId, frame, 0, length);
                            }
                        }
                    },
                    limit);
        }

        private void note(long connectionId, UnsafeBuffer frame) {
            if (is(frame, CompactRequestDecoder.TEMPLATE_ID)) {
                CompactRequestDecoder d = new CompactRequestDecoder();
                flaw.compacted.add(d.wrapAndApplyHeader(frame, 0, new MessageHeaderDecoder())
                        .revision());
            } else if (is(frame, WatchCreateRequestDecoder.TEMPLATE_ID)) {
                long start = frame.getLong(START_AT, LITTLE_ENDIAN);
                flaw.starts.put(connectionId + "/" + start, start);
            }
        }

        @Override
        public int send(long connectionId, DirectBuffer buffer, int offset, int length) {
            UnsafeBuffer frame = copy(buffer, offset, length);
            UnsafeBuffer changed = flaw.onReply(connectionId, frame);
            flaw.known = Math.max(flaw.known, buffer.getLong(offset + REVISION_AT, LITTLE_ENDIAN));
            return changed == null ? SendResult.QUEUED : link.send(connectionId, changed, 0, changed.capacity());
        }

        private static UnsafeBuffer copy(DirectBuffer buffer, int offset, int length) {
            byte[] bytes = new byte[length];
            buffer.getBytes(offset, bytes);
            return new UnsafeBuffer(bytes);
        }
    }
}
