package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.server.machine.ReplyEncoder;
import io.stele.transport.ApiError;
import io.stele.transport.codec.ErrorReplyDecoder;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.sim.SimPeerWeather;
import org.junit.jupiter.api.Test;

/** A write of which nobody can say whether it was carried out is never said to have been refused. */
final class UnknownOutcomeTest {
    /** A network that one member sends into and hears nothing from. */
    private static final class Deafness implements SimPeerWeather {
        private long deafId;

        @Override
        public long delayNs(long from, long to, PeerLane lane, int length) {
            return to == deafId ? -1 : 0;
        }
    }

    @Test
    void shouldTellARefusalFromALoss() {
        ReplyEncoder reply = new ReplyEncoder();
        reply.error(ApiError.TIMEOUT_LEADER_LOST, 1, 1);
        assertFalse(isRefusal(reply));
        reply.error(ApiError.LEADER_CHANGED, 1, 1);
        assertTrue(isRefusal(reply));
    }

    private static boolean isRefusal(ReplyEncoder reply) {
        return new ErrorReplyDecoder()
                .wrapAndApplyHeader(reply.buffer(), 0, new MessageHeaderDecoder())
                .flags()
                .notApplied();
    }

    @Test
    void shouldAnswerInTimeThoughTheOnlyDiskHangs() {
        try (SimCluster cluster = new SimCluster(1, SimPeerWeather.FAIR)) {
            SimCluster.Member member = cluster.leader();
            assertEquals("ok", member.putNow("a", "1"));
            member.forceNs = 2 * ForwardedRequests.TIMEOUT_NS;
            assertEquals("ok", member.putNow("a", "2"));
            long beganNs = cluster.nowNs;
            assertEquals(ApiError.TIMEOUT.text(), member.putNow("a", "3"));
            assertTrue(cluster.nowNs - beganNs < member.forceNs);
            assertEquals("2", member.getNow("a", true));
            long revision = member.node.machine().revision();
            cluster.until("the disk works again", () -> member.node.machine().revision() > revision);
            assertEquals("3", member.getNow("a", true));
        }
    }

    @Test
    void shouldNotSayRefusedOfAWriteThatASnapshotMayContain() {
        Deafness network = new Deafness();
        try (SimCluster cluster = new SimCluster(3, network)) {
            SimCluster.Member deaf = cluster.leader();
            assertEquals("ok", deaf.putNow("a", "1"));
            network.deafId = deaf.id();
            deaf.put(1, "a", "2"); // reaches the others, who go on without its sender
            cluster.until("it does not lead", () -> !deaf.isLeader());
            SimCluster.Member next = cluster.leader();
            assertEquals("2", next.getNow("a", false));
            long before = next.node.log().lastIndex();
            for (int i = 0; next.node.log().firstIndex() <= before; i++) {
                next.putNow("k" + i % 20, "x".repeat(20_000));
            }
            assertEquals(null, deaf.receive());
            network.deafId = 0;
            cluster.until("installed", () -> deaf.node.machine().installedIndex() > 0);
            String[] answer = new String[1];
            cluster.until("answered", () -> (answer[0] = deaf.receive()) != null);
            assertEquals(ApiError.TIMEOUT_LEADER_LOST.text(), answer[0]);
        }
    }
}
