package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.server.machine.MemberRecord;
import io.stele.transport.peer.sim.SimPeerWeather;
import org.junit.jupiter.api.Test;

/** A member that was away while another came listens to it, for those whom it knows speak for the newcomer. */
final class NewcomersTest {
    private static long idOf(SimCluster.Member at, String host) {
        return at.node.machine().members().members().stream()
                .filter(member -> member.peerUrls().get(0).contains(host + ":"))
                .mapToLong(MemberRecord::memberId)
                .findFirst()
                .orElseThrow();
    }

    /** Adds a fourth member and makes it the leader; says which one was away, and is down. */
    private static SimCluster.Member fourthLeads(SimCluster cluster) {
        SimCluster.Member leader = cluster.leader();
        SimCluster.Member away = cluster.follower();
        assertEquals("ok", leader.putNow("a", "1"));
        away.kill();
        assertEquals("ok", leader.change(MemberRequests.ADD_LEARNER, 0, "http://m4:2380"));
        long id = idOf(leader, "m4");
        SimCluster.Member fourth = cluster.join("m4", id);
        cluster.until("it has got the state", () -> fourth.node.machine().keyCount() == 1);
        cluster.until("promoted", () -> "ok".equals(cluster.leader().change(MemberRequests.PROMOTE, id, "")));
        assertEquals("ok", cluster.leader().moveLeader(id));
        cluster.until("it leads", fourth::isLeader);
        assertEquals("ok", fourth.putNow("b", "2"));
        return away;
    }

    @Test
    void shouldFollowALeaderThatCameWhileItWasAway() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member away = fourthLeads(cluster);
            SimCluster.Member fourth = cluster.leader();
            long term = fourth.node.raft().term();
            away.start();
            assertFalse(away.node.machine().members().membership().contains(fourth.id()));
            cluster.until("it has caught up", () -> away.node.machine().keyCount() == 2);
            assertTrue(away.node.machine().members().membership().contains(fourth.id()));
            assertTrue(fourth.isLeader());
            assertEquals(term, fourth.node.raft().term(), "nobody was deposed for it");
            assertEquals("2", away.getNow("b", false));
        }
    }

    @Test
    void shouldGoOnWithANewcomerForgottenOfWhomItKnowsByItself() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member away = fourthLeads(cluster);
            SimCluster.Member fourth = cluster.leader();
            away.start();
            cluster.until("it has caught up", () -> away.node.machine().keyCount() == 2);
            cluster.rounds(5_000);
            assertEquals("ok", away.putNow("c", "3"));
            SimCluster.Member other = cluster.members.stream()
                    .filter(member -> member != away && member != fourth)
                    .findFirst()
                    .orElseThrow();
            other.kill();
            assertEquals("ok", cluster.leader().putNow("d", "4"));
            assertEquals("4", away.getNow("d", false));
        }
    }
}
