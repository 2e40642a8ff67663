package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.transport.peer.sim.SimPeerWeather;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Leaders that cannot do their work hand over by themselves, and not again and again. */
final class LeaderHealthTest {
    private static final long SLOW_NS = TimeUnit.MILLISECONDS.toNanos(700);

    @Test
    void shouldHandOverWhenForcesTakeTooLong() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member slow = cluster.leader();
            slow.forceNs = SLOW_NS;
            long beganNs = cluster.nowNs;
            write(cluster, slow, 10_000);
            assertNotSame(slow, cluster.leader());
            assertEquals(1, slow.node.nodeAgent().handOverCount());
            assertTrue(cluster.nowNs - beganNs >= LeaderHealth.SLOW_FOR_NS);
            assertEquals("ok", cluster.leader().putNow("b", "1"));
        }
    }

    @Test
    void shouldLeadOnAfterOneSlowForce() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member leader = cluster.leader();
            leader.forceNs = 2 * SLOW_NS;
            write(cluster, leader, 1500);
            leader.forceNs = 0;
            write(cluster, leader, 10_000);
            assertSame(leader, cluster.leader());
            assertEquals(0, leader.node.nodeAgent().handOverCount());
        }
    }

    @Test
    void shouldNotPassLeadershipRoundWhenAllDisksAreSlow() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            cluster.members.forEach(member -> member.forceNs = SLOW_NS);
            for (int i = 0; i < 6; i++) {
                write(cluster, cluster.leader(), 10_000);
            }
            long handOvers = cluster.members.stream()
                    .mapToLong(member -> member.node.nodeAgent().handOverCount())
                    .sum();
            assertTrue(handOvers <= 2, "hand-overs: " + handOvers);
        }
    }

    @Test
    void shouldHandOverWhenItStandsStillAgainAndAgain() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member leader = cluster.leader();
            while (cluster.nowNs < LeaderHealth.WARM_UP_NS) {
                cluster.round();
            }
            for (int i = 0; i < LeaderHealth.STALLS_MAX; i++) {
                assertSame(leader, cluster.leader());
                leader.standsStillUntilNs = cluster.nowNs + TimeUnit.MILLISECONDS.toNanos(30);
                cluster.rounds(100);
            }
            assertEquals(1, leader.node.nodeAgent().handOverCount());
            assertNotSame(leader, cluster.leader());
        }
    }

    @Test
    void shouldLeaveTheElectionToOthersWhenItsDiskIsSlow() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member leader = cluster.leader();
            SimCluster.Member slow = cluster.follower();
            slow.forceNs = SLOW_NS;
            write(cluster, leader, 6_000);
            slow.forceNs = 0; // its vote is needed, and it does not know yet that it is fast again
            leader.kill();
            assertNotSame(slow, cluster.leader());
        }
    }

    @Test
    void shouldStepDownWithoutAQuorum() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member leader = cluster.leader();
            cluster.members.stream().filter(member -> member != leader).forEach(SimCluster.Member::kill);
            cluster.until("stepped down", () -> !leader.isLeader());
        }
    }

    private static void write(SimCluster cluster, SimCluster.Member at, int rounds) {
        for (int i = 0; i < rounds; i++) {
            if (i % 20 == 0) {
                at.put(i, "a", "" + i);
            }
            cluster.round();
            at.receive();
        }
    }
}
