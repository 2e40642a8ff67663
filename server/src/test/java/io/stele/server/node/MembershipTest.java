package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.server.config.MemberRules;
import io.stele.server.machine.MemberRecord;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.WatchCreateRequestEncoder;
import io.stele.transport.peer.sim.SimPeerWeather;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;

/** Members come and go. */
final class MembershipTest {
    private static final String NOT_STARTED = "etcdserver: re-configuration failed due to not enough started members";

    private static long idOf(SimCluster.Member at, String host) {
        return at.node.machine().members().members().stream()
                .filter(member -> member.peerUrls().get(0).contains(host + ":"))
                .mapToLong(MemberRecord::memberId)
                .findFirst()
                .orElseThrow();
    }

    private static void untilKnown(SimCluster cluster) {
        cluster.until(
                "names and client URLs are known",
                () -> cluster.leader().node.machine().members().members().stream()
                        .noneMatch(member -> member.clientUrls().isEmpty()));
    }

    @Test
    void shouldElectALeaderWithAMemberThatCountsOnOthersWhoHaveGone() {
        try (SimCluster cluster = new SimCluster(4, SimPeerWeather.FAIR)) {
            SimCluster.Member leader = cluster.leader();
            List<SimCluster.Member> others =
                    cluster.members.stream().filter(member -> member != leader).toList();
            SimCluster.Member behind = others.get(0);
            behind.standsStillUntilNs = Long.MAX_VALUE;
            assertEquals(
                    "ok", leader.change(MemberRequests.REMOVE, others.get(1).id(), ""));
            assertEquals(
                    "ok", leader.change(MemberRequests.REMOVE, others.get(2).id(), ""));
            others.forEach(SimCluster.Member::kill);
            leader.kill();
            behind.standsStillUntilNs = 0;
            behind.start();
            leader.start();
            assertEquals(4, behind.node.raft().membership().voterCount());
            assertEquals("ok", cluster.leader().putNow("a", "1"));
            cluster.until("caught up", () -> behind.node.raft().membership().voterCount() == 2);
        }
    }

    @Test
    void shouldAddALearnerAndPromoteIt() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member leader = cluster.leader();
            assertEquals("ok", leader.putNow("a", "1"));
            untilKnown(cluster);
            assertEquals("ok", cluster.follower().change(MemberRequests.ADD_LEARNER, 0, "http://m4:2380"));
            assertEquals(
                    "etcdserver: too many learner members in cluster",
                    leader.change(MemberRequests.ADD_LEARNER, 0, "http://m5:2380"));
            long id = idOf(leader, "m4");
            assertEquals(
                    "etcdserver: can only promote a learner member which is in sync with leader",
                    leader.change(MemberRequests.PROMOTE, id, ""));

            SimCluster.Member fourth = cluster.join("m4", id);
            cluster.until("it has got the state", () -> fourth.node.machine().keyCount() == 1);
            assertTrue(fourth.node.raft().membership().isLearner(id));
            assertServesAsALearnerOnly(fourth);
            untilKnown(cluster);
            assertEquals("ok", leader.change(MemberRequests.PROMOTE, id, ""));
            cluster.until("it votes", () -> fourth.node.raft().membership().isVoter(id));
            assertEquals("ok", fourth.putNow("a", "2"));
            assertEquals("2", cluster.follower().getNow("a", false));

            fourth.kill();
            fourth.start();
            cluster.until("it is back", () -> fourth.node.status().ready());
            assertEquals("2", fourth.getNow("a", false));
            assertTrue(fourth.node.raft().membership().isVoter(id));
        }
    }

    @Test
    void shouldTakeMoreLearnersAndAskLessWhereTheOperatorSaysSo() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            untilKnown(cluster);
            SimCluster.Member down = cluster.follower();
            down.kill();
            SimCluster.Member leader = cluster.leader();
            assertEquals("etcdserver: unhealthy cluster", leader.change(MemberRequests.ADD, 0, "http://m4:2380"));
            cluster.members.stream().filter(member -> member != down).forEach(member -> {
                member.kill();
                cluster.rules = new MemberRules(2, false);
                member.start();
            });
            SimCluster.Member again = cluster.leader();
            assertEquals("ok", again.change(MemberRequests.ADD_LEARNER, 0, "http://m4:2380"));
            assertEquals("ok", again.change(MemberRequests.ADD_LEARNER, 0, "http://m5:2380"));
            assertEquals(
                    "etcdserver: too many learner members in cluster",
                    again.change(MemberRequests.ADD_LEARNER, 0, "http://m6:2380"));
            assertEquals("ok", again.change(MemberRequests.ADD, 0, "http://m7:2380"));
        }
    }

    private static void assertServesAsALearnerOnly(SimCluster.Member learner) {
        String refusal = "etcdserver: rpc not supported for learner";
        assertEquals("1", learner.getNow("a", true));
        assertEquals(refusal, learner.getNow("a", false));
        assertEquals(refusal, learner.putNow("a", "2"));
        assertEquals(refusal, learner.change(MemberRequests.ADD_LEARNER, 0, "http://m6:2380"));
        WatchCreateRequestEncoder create = new WatchCreateRequestEncoder();
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        create.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                .correlationId(1)
                .watchId(1)
                .startRevision(0)
                .flags()
                .clear();
        create.putKey(new byte[0], 0, 0).putRangeEnd(new byte[1], 0, 1);
        assertEquals(refusal, learner.sendNow(buffer, create.limit()));
    }

    @Test
    void shouldRemoveAMemberAndNotListenToItAnyMore() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member leader = cluster.leader();
            SimCluster.Member removed = cluster.follower();
            assertEquals("ok", leader.change(MemberRequests.REMOVE, removed.id(), ""));
            assertFalse(leader.node.raft().membership().contains(removed.id()));
            assertTrue(leader.node.machine().members().wasRemoved(removed.id()));
            long term = leader.node.raft().term();
            cluster.rounds(500);
            assertEquals(term, leader.node.raft().term(), "the removed one disturbs nobody");
            assertEquals("ok", leader.putNow("a", "1"));
            cluster.until("it knows itself", () -> removed.node.status().removed());
            assertFalse(leader.node.status().removed());
            assertEquals("etcdserver: member not found", leader.change(MemberRequests.REMOVE, removed.id(), ""));
        }
    }

    @Test
    void shouldRefuseWhatWouldCostTheQuorum() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member leader = cluster.leader();
            String taken = "http://" + cluster.follower().name + ":2380";
            assertEquals("etcdserver: Peer URLs already exists", leader.change(MemberRequests.ADD, 0, taken));
            assertEquals("etcdserver: given member URLs are invalid", leader.change(MemberRequests.ADD, 0, "m4"));
            assertEquals("etcdserver: member not found", leader.change(MemberRequests.PROMOTE, 77, ""));
            assertEquals(
                    "etcdserver: can only promote a learner member",
                    leader.change(MemberRequests.PROMOTE, leader.id(), ""));
            cluster.follower().kill();
            SimCluster.Member alive = cluster.follower();
            assertEquals("etcdserver: unhealthy cluster", leader.change(MemberRequests.ADD, 0, "http://m4:2380"));
            assertEquals("etcdserver: unhealthy cluster", leader.change(MemberRequests.REMOVE, alive.id(), ""));
        }
    }

    @Test
    void shouldAskForStartedMembers() {
        try (SimCluster cluster = new SimCluster(1, SimPeerWeather.FAIR)) {
            SimCluster.Member leader = cluster.leader();
            assertEquals(NOT_STARTED, leader.change(MemberRequests.REMOVE, leader.id(), ""));
            assertEquals("ok", leader.change(MemberRequests.ADD_LEARNER, 0, "http://m2:2380"));
            assertEquals("ok", leader.change(MemberRequests.REMOVE, idOf(leader, "m2"), ""));
            assertEquals(1, leader.node.machine().members().members().size());
        }
    }

    @Test
    void shouldGrowFromOneToTwo() {
        try (SimCluster cluster = new SimCluster(1, SimPeerWeather.FAIR)) {
            SimCluster.Member first = cluster.leader();
            assertEquals("ok", first.putNow("a", "1"));
            assertEquals("ok", first.change(MemberRequests.ADD, 0, "http://m2:2380"));
            SimCluster.Member second = cluster.join("m2", idOf(first, "m2"));
            assertEquals("ok", second.putNow("a", "2"));
            assertEquals("2", first.getNow("a", false));
            assertEquals(
                    List.of("m1", "m2"),
                    cluster.members.stream().map(member -> member.name).toList());
        }
    }

    @Test
    void shouldKeepLogForOthersOnlyWhileThereAreAny() {
        try (SimCluster cluster = new SimCluster(1, SimPeerWeather.FAIR)) {
            SimCluster.Member first = cluster.leader();
            writeMoreLogThanIsKept(cluster, first);
            long logBytes = first.node.log().lengthInBytes();
            assertTrue(logBytes <= 128 * 1024, () -> "alone, with " + logBytes + " bytes of log");
            assertEquals("ok", first.change(MemberRequests.ADD_LEARNER, 0, "http://m2:2380"));
            long id = idOf(first, "m2");
            SimCluster.Member second = cluster.join("m2", id);
            cluster.until("it has got the state", () -> second.node.machine().keyCount() == 1);

            second.kill();
            writeMoreLogThanIsKept(cluster, first);
            long keptBytes = first.node.log().lengthInBytes();
            assertTrue(keptBytes >= 1024 * 1024, () -> "with a learner, " + keptBytes + " bytes of log");
            second.start();
            cluster.until(
                    "it has caught up",
                    () -> second.node.machine().revision()
                            == first.node.machine().revision());
        }
    }

    /** Beyond what is kept, and until a checkpoint that comes by its time has covered it. */
    private static void writeMoreLogThanIsKept(SimCluster cluster, SimCluster.Member member) {
        String value = "x".repeat(32 * 1024);
        for (int i = 0; i < 48; i++) {
            assertEquals("ok", member.putNow("a", value));
        }
        cluster.rounds(6_000);
    }

    @Test
    void shouldMoveTheLeader() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member leader = cluster.leader();
            SimCluster.Member next = cluster.follower();
            assertEquals("etcdserver: not leader", next.moveLeader(next.id()));
            assertEquals("etcdserver: bad leader transferee", leader.moveLeader(77));
            assertEquals("ok", leader.moveLeader(next.id()));
            cluster.until("it leads", next::isLeader);
        }
    }

    @Test
    void shouldHandOverBeforeItStops() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member leader = cluster.leader();
            assertEquals("ok", leader.putNow("a", "1"));
            long before = cluster.nowNs;
            leader.node.handOver();
            leader.put(1, "a", "2"); // while it hands over
            cluster.until("another leads", () -> cluster.leader() != leader);
            assertTrue(cluster.nowNs - before < 40_000_000, "sooner than by an election");
            cluster.until("answered", () -> "ok".equals(leader.receive()));
        }
    }

    @Test
    void shouldFollowAMemberToAnotherAddress() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member leader = cluster.leader();
            long moved = cluster.follower().id();
            assertEquals("ok", leader.change(MemberRequests.UPDATE, moved, "http://elsewhere:2380"));
            assertEquals(
                    List.of("http://elsewhere:2380"),
                    leader.node.machine().members().member(moved).peerUrls());
            assertEquals("ok", leader.putNow("a", "1"));
        }
    }
}
