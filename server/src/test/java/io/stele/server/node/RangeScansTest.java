package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.transport.codec.CancelRequestEncoder;
import io.stele.transport.codec.ErrorReplyDecoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.RangeReplyDecoder;
import io.stele.transport.codec.RangeRequestEncoder;
import io.stele.transport.codec.SortOrder;
import io.stele.transport.codec.SortTarget;
import io.stele.transport.peer.sim.SimPeerWeather;
import java.util.concurrent.TimeUnit;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Long lists for clients that ask for many at once, and take their time to read them. */
final class RangeScansTest {
    private static final int PAIRS = 150;
    private static final int LISTS = 400;

    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final Long2LongHashMap pairs = new Long2LongHashMap(0);
    private final Long2LongHashMap errors = new Long2LongHashMap(0);
    private final Long2LongHashMap ended = new Long2LongHashMap(0);
    private SimCluster cluster;
    private SimCluster.Member member;

    @BeforeEach
    void fill() {
        cluster = new SimCluster(1, SimPeerWeather.FAIR);
        member = cluster.leader();
        for (int i = 0; i < PAIRS; i++) {
            assertEquals("ok", member.putNow("key " + i, "v".repeat(1024)));
        }
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    /** Together they are far more than may wait for a connection: each slice is read only when there is room for it. */
    @Test
    void shouldServeManyListsToAClientThatBeginsToReadLate() {
        for (int i = 1; i <= LISTS; i++) {
            sendList(i);
        }
        cluster.rounds(50);
        cluster.until("all are served", this::readAll);
        for (int i = 1; i <= LISTS; i++) {
            assertEquals(PAIRS, pairs.get(i), "list " + i);
        }
    }

    /** Each holds back the removal of what is compacted. */
    @Test
    void shouldGiveUpListsThatTheirClientDoesNotGoOnReading() {
        for (int i = 1; i <= LISTS; i++) {
            sendList(i);
        }
        long untilNs = cluster.nowNs + TimeUnit.SECONDS.toNanos(61);
        while (cluster.nowNs < untilNs) {
            cluster.round();
        }
        cluster.until("all are served", this::readAll);
        int givenUp = 0;
        for (int i = 1; i <= LISTS; i++) {
            givenUp += errors.get(i) == 1 ? 1 : 0;
            assertEquals(errors.get(i) == 0, pairs.get(i) == PAIRS, "list " + i);
        }
        assertTrue(givenUp > 0, "none was given up");
    }

    @Test
    void shouldCancelAListThatIsNotBegunYet() {
        for (int i = 1; i <= LISTS; i++) {
            sendList(i);
        }
        cluster.rounds(50);
        CancelRequestEncoder cancel = new CancelRequestEncoder();
        cancel.wrapAndApplyHeader(buffer, 0, header).correlationId(LISTS);
        member.send(buffer, cancel.limit());
        cluster.until("all are served", this::readAll);
        assertEquals(PAIRS, pairs.get(LISTS - 1));
        assertEquals(1, errors.get(LISTS));
        assertEquals(0, pairs.get(LISTS));
    }

    private void sendList(long correlationId) {
        RangeRequestEncoder range = new RangeRequestEncoder();
        range.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(correlationId)
                .revision(0)
                .pairLimit(0)
                .minModRevision(0)
                .maxModRevision(0)
                .minCreateRevision(0)
                .maxCreateRevision(0)
                .sortOrder(SortOrder.NONE)
                .sortTarget(SortTarget.KEY)
                .flags()
                .clear();
        byte[] all = {0};
        range.putKey(all, 0, 1).putRangeEnd(all, 0, 1);
        member.send(buffer, range.limit());
    }

    private boolean readAll() {
        for (byte[] bytes = member.receiveFrame(); bytes != null; bytes = member.receiveFrame()) {
            UnsafeBuffer frame = new UnsafeBuffer(bytes);
            MessageHeaderDecoder head = new MessageHeaderDecoder().wrap(frame, 0);
            if (head.templateId() == ErrorReplyDecoder.TEMPLATE_ID) {
                long id = new ErrorReplyDecoder()
                        .wrapAndApplyHeader(frame, 0, head)
                        .correlationId();
                errors.put(id, errors.get(id) + 1);
                ended.put(id, 1);
                continue;
            }
            RangeReplyDecoder reply = new RangeReplyDecoder().wrapAndApplyHeader(frame, 0, head);
            long id = reply.correlationId();
            pairs.put(id, pairs.get(id) + reply.kvCount());
            if (!reply.flags().partial()) {
                ended.put(id, 1);
            }
        }
        return ended.size() == LISTS;
    }
}
