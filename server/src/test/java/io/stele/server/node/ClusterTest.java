package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.server.machine.StateCheck;
import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.sim.SimPeerWeather;
import java.util.List;
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

    @Test
    void shouldBringAMemberUpToDateByASnapshot() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member late = cluster.follower();
            assertEquals("ok", late.putNow("old", "1"));
            late.kill();
            writeBeyondTheLog(cluster);
            SimCluster.Member leader = cluster.leader();
            late.start();
            cluster.until("installed", () -> late.node.machine().installedIndex() > 0);
            assertEquals("ok", leader.putNow("new", "1"));
            cluster.until(
                    "caught up",
                    () -> late.node.machine().appliedIndex()
                            == leader.node.machine().appliedIndex());
            checkSame(leader, late);
            assertEquals("1", late.getNow("new", true));
            assertEquals("1", late.getNow("old", false));

            late.kill();
            late.start();
            assertEquals("1", late.getNow("new", false));
            checkSame(leader, late);
        }
    }

    @Test
    void shouldSurviveACrashAtAnyMomentOfASnapshot() {
        for (int cycles = 1; cycles <= 16; cycles++) {
            try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
                SimCluster.Member late = cluster.follower();
                assertEquals("ok", late.putNow("old", "1"));
                late.kill();
                writeBeyondTheLog(cluster);
                late.start();
                cluster.until(
                        "it begins", () -> late.disk.names().stream().anyMatch(name -> name.startsWith("incoming")));
                cluster.rounds(cycles);
                late.kill();
                late.disk.crash(cycles);
                late.start();
                SimCluster.Member leader = cluster.leader();
                cluster.until(
                        "caught up",
                        () -> late.node.machine().appliedIndex()
                                == leader.node.machine().appliedIndex());
                checkSame(leader, late);
            }
        }
    }

    /** So much that a member which has missed it cannot be helped from the log. */
    private static void writeBeyondTheLog(SimCluster cluster) {
        SimCluster.Member leader = cluster.leader();
        long before = leader.node.log().lastIndex();
        for (int i = 0; leader.node.log().firstIndex() <= before; i++) {
            for (int j = 0; j < 100; j++) {
                leader.put(100 * i + j, "key" + i % 7 + "/" + j, "value " + i + "x".repeat(900));
            }
            for (int j = 0; j < 100; j++) {
                cluster.until("answered", () -> leader.receive() != null);
            }
        }
    }

    private static void checkSame(SimCluster.Member a, SimCluster.Member b) {
        assertEquals(a.node.machine().revision(), b.node.machine().revision());
        assertEquals(a.node.machine().digestLow(), b.node.machine().digestLow());
        assertEquals(a.node.machine().digestHigh(), b.node.machine().digestHigh());
        assertEquals(a.node.machine().keyCount(), b.node.machine().keyCount());
        assertEquals(
                a.node.machine().members().members(), b.node.machine().members().members());
        assertEquals(List.of(), StateCheck.run(b.node.machine()));
    }
}
