package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.sim.SimPeerWeather;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Three nodes, from client's frame to client's frame. */
final class ClusterTest {
    @Test
    void shouldElectOneLeaderAndReplicate() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member leader = cluster.leader();
            assertEquals("ok", leader.putNow("a", "1"));
            for (SimCluster.Member member : cluster.members) {
                assertEquals("1", member.getNow("a", false), member.name);
            }
            cluster.until(
                    "ready",
                    () -> cluster.members.stream().allMatch(m -> m.node.status().ready()));
            assertEquals(
                    1,
                    cluster.members.stream().filter(SimCluster.Member::isLeader).count());
        }
    }

    @Test
    void shouldTakeWritesAtAnyMember() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member follower = cluster.follower();
            assertEquals("ok", follower.putNow("a", "1"));
            assertEquals("1", cluster.leader().getNow("a", true));
            assertEquals("1", follower.getNow("a", false));
            assertTrue(follower.putNow("", "x").contains("key is not provided"));
        }
    }

    @Test
    void shouldGoOnWithoutTheLeaderAndTakeItBack() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member first = cluster.leader();
            assertEquals("ok", first.putNow("a", "1"));
            SimCluster.Member witness = cluster.follower();
            first.kill();
            assertEquals("ok", witness.putNow("a", "1"), "waits for the election");
            SimCluster.Member second = cluster.leader();
            assertNotEquals(first.name, second.name);
            assertEquals("1", second.getNow("a", false));
            for (int i = 0; i < 200; i++) {
                assertEquals("ok", second.putNow("b" + i, "x".repeat(1000)));
            }
            first.start();
            cluster.until(
                    "caught up",
                    () -> first.node.machine().appliedIndex()
                            == second.node.machine().appliedIndex());
            assertEquals("x".repeat(1000), first.getNow("b199", true));
            assertEquals(second.node.machine().digestLow(), first.node.machine().digestLow());
        }
    }

    @Test
    void shouldAnswerNothingWithoutAQuorum() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member leader = cluster.leader();
            assertEquals("ok", leader.putNow("a", "1"));
            for (SimCluster.Member member : cluster.members) {
                if (member != leader) {
                    member.kill();
                }
            }
            assertEquals(
                    "etcdserver: request timed out, possibly due to previous leader failure",
                    leader.putNow("a", "2"),
                    "proposed, and the outcome is unknown");
            assertEquals("etcdserver: request timed out", leader.putNow("a", "3"));
            assertEquals("etcdserver: request timed out", leader.getNow("a", false));
            assertEquals("1", leader.getNow("a", true));
        }
    }

    @Test
    void shouldLiveThroughBadWeather() {
        Random random = new Random(5);
        SimPeerWeather storm = new SimPeerWeather() {
            @Override
            public long delayNs(long from, long to, PeerLane lane, int length) {
                return random.nextInt(10) == 0 ? -1 : random.nextInt(4_000_000);
            }

            @Override
            public boolean repeats(long from, long to, PeerLane lane, int length) {
                return random.nextInt(10) == 0;
            }

            @Override
            public int flippedBit(long from, long to, int bits) {
                return random.nextInt(50) == 0 ? random.nextInt(bits) : -1;
            }
        };
        try (SimCluster cluster = new SimCluster(3, storm)) {
            for (int i = 0; i < 100; i++) {
                SimCluster.Member member = cluster.members.get(i % 3);
                String value = "v" + i;
                String key = "k" + i % 7;
                cluster.until("put " + value, () -> member.putNow(key, value).equals("ok"));
            }
            cluster.until(
                    "agreed",
                    () -> cluster.members.stream()
                                    .mapToLong(member -> member.node.machine().appliedIndex())
                                    .distinct()
                                    .count()
                            == 1);
            assertEquals(
                    1,
                    cluster.members.stream()
                            .mapToLong(member -> member.node.machine().digestLow())
                            .distinct()
                            .count());
        }
    }
}
