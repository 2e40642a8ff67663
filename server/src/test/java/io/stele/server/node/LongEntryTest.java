package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.stele.transport.codec.DeleteRangeRequestEncoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.peer.sim.SimPeerWeather;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;

/** An entry that takes many election timeouts to apply, and nobody is taken for dead because of it. */
final class LongEntryTest {
    private static final int KEYS = 3000;

    /** 3 s for the keys; a follower waits 100 ms at most before it stands for election. */
    private static final long REMOVAL_NS = 1_000_000;

    @Test
    void shouldGoOnLeadingWhileItDeletesManyKeys() {
        try (SimCluster cluster = filled()) {
            SimCluster.Member leader = cluster.leader();
            long term = leader.node.raft().term();
            leader.removalNs = REMOVAL_NS;
            assertEquals("ok", deleteAll(leader));
            leader.removalNs = 0;
            assertSame(leader, cluster.leader());
            assertEquals(term, leader.node.raft().term());
            assertEquals("none", cluster.follower().getNow("k1", false));
        }
    }

    @Test
    void shouldGoOnLeadingWhileTheOnlyOtherMemberThereIsDeletesManyKeys() {
        try (SimCluster cluster = filled()) {
            SimCluster.Member leader = cluster.leader();
            long term = leader.node.raft().term();
            cluster.follower().kill();
            SimCluster.Member slow = cluster.follower();
            slow.removalNs = REMOVAL_NS;
            assertEquals("ok", deleteAll(leader));
            assertEquals("none", slow.getNow("k1", false));
            slow.removalNs = 0;
            assertSame(leader, cluster.leader());
            assertEquals(term, leader.node.raft().term());
        }
    }

    private static SimCluster filled() {
        SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR);
        SimCluster.Member leader = cluster.leader();
        for (int i = 0; i < KEYS; i++) {
            leader.put(i, "k" + i, "v");
            if (i % 100 == 99) {
                for (int j = 0; j < 100; j++) {
                    assertEquals("ok", leader.answer());
                }
            }
        }
        cluster.rounds(200);
        return cluster;
    }

    private static String deleteAll(SimCluster.Member member) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        DeleteRangeRequestEncoder request = new DeleteRangeRequestEncoder();
        request.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                .correlationId(KEYS + 1)
                .sessionId(0)
                .sequence(0)
                .flags()
                .clear();
        request.putKey(new byte[] {'k'}, 0, 1).putRangeEnd(new byte[] {'l'}, 0, 1);
        return member.sendNow(buffer, request.limit());
    }
}
