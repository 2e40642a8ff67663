package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.transport.peer.sim.SimPeerWeather;
import org.junit.jupiter.api.Test;

/** What hosts say of processes that have ended, and what members make of it. Heartbeats come each 10 ms here. */
final class DeadLeaderTest {
    private static final long ELECTION_TIMEOUT_MS = 50;

    @Test
    void shouldNotWaitForALeaderWhoseHostSaysThatItIsGone() {
        SimPeerWeather weather = new SimPeerWeather() {
            @Override
            public boolean saysGone(long from, long to, boolean isThere) {
                return !isThere;
            }
        };
        try (SimCluster cluster = new SimCluster(3, weather)) {
            for (int kill = 0; kill < 10; kill++) {
                SimCluster.Member leader = cluster.leader();
                assertEquals("ok", cluster.follower().putNow("k" + kill, "v"));
                leader.kill();
                long killedNs = cluster.nowNs;
                SimCluster.Member successor = cluster.leader();
                long gapMs = (cluster.nowNs - killedNs) / 1_000_000;
                assertTrue(gapMs < ELECTION_TIMEOUT_MS, "nobody led for " + gapMs + " ms");
                leader.start();
                cluster.until("back", () -> leader.node.status().ready());
                assertEquals("v", successor.getNow("k" + kill, false));
            }
        }
    }

    @Test
    void shouldGoOnFollowingALeaderThatIsHeardWhateverIsSaidOfIt() {
        SimPeerWeather weather = new SimPeerWeather() {
            @Override
            public boolean saysGone(long from, long to, boolean isThere) {
                return true;
            }
        };
        try (SimCluster cluster = new SimCluster(3, weather)) {
            SimCluster.Member leader = cluster.leader();
            long term = leader.node.raft().term();
            cluster.rounds(5_000);
            assertTrue(leader.isLeader());
            assertEquals(term, leader.node.raft().term());
        }
    }
}
