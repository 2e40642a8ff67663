package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.server.machine.model.Reply;
import io.stele.server.machine.model.Request;
import io.stele.transport.codec.ErrorCode;
import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.sim.SimPeerWeather;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A write that is sent again is done once, whoever leads by then and whatever became of the members. */
final class ExactlyOnceTest {
    @Test
    void shouldAnswerAgainAfterTheLeaderWasKilled() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member first = cluster.leader();
            Request put = new Request.Once(open(first), 1, Request.put("a", "1"));
            Reply reply = first.ask(put);
            first.kill();
            SimCluster.Member second = cluster.leader();
            assertEquals(reply, second.ask(put));
            assertEquals(reply, cluster.follower().ask(put));
            first.start();
            assertEquals(reply, first.ask(put));
            assertEquals(2, second.node.machine().revision());
        }
    }

    @Test
    void shouldAnswerAgainAfterAllWereKilled() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            Request delete = new Request.Once(open(cluster.leader()), 7, new Request.DeleteRange("a", "", true));
            cluster.leader().ask(Request.put("a", "1"));
            Reply reply = cluster.follower().ask(delete);
            cluster.members.forEach(SimCluster.Member::kill);
            cluster.members.forEach(SimCluster.Member::start);
            assertEquals(reply, cluster.leader().ask(delete));
        }
    }

    @Test
    void shouldAnswerAgainFromASnapshot() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member late = cluster.follower();
            SimCluster.Member leader = cluster.leader();
            late.kill();
            Request put = new Request.Once(open(leader), 1, new Request.Put("a", "1", 0, true, false, false));
            Reply reply = leader.ask(put);
            long before = leader.node.log().lastIndex();
            for (int i = 0; leader.node.log().firstIndex() <= before; i++) {
                leader.ask(Request.put("k" + i % 20, "x".repeat(20_000)));
            }
            late.start();
            cluster.until("installed", () -> late.node.machine().installedIndex() > 0);
            cluster.until(
                    "caught up",
                    () -> late.node.machine().appliedIndex()
                            == leader.node.machine().appliedIndex());
            assertEquals("ok", leader.moveLeader(late.id()));
            assertEquals(reply, late.ask(put));
            assertEquals(leader.node.machine().digestLow(), late.node.machine().digestLow());
        }
    }

    /** The client asks one member after the other until it gets an answer, as clients do. */
    @Test
    void shouldDoEachWriteOnceThroughKillsAndBadWeather() {
        Random random = new Random(23);
        SimPeerWeather storm = new SimPeerWeather() {
            @Override
            public long delayNs(long from, long to, PeerLane lane, int length) {
                return random.nextInt(20) == 0 ? -1 : random.nextInt(3_000_000);
            }

            @Override
            public boolean repeats(long from, long to, PeerLane lane, int length) {
                return random.nextInt(5) == 0;
            }
        };
        try (SimCluster cluster = new SimCluster(3, storm)) {
            long session = open(cluster.leader());
            int uncertain = 0;
            for (int i = 1; i <= 100; i++) {
                if (i % 10 == 0) {
                    SimCluster.Member killed = cluster.leader();
                    killed.kill();
                    cluster.rounds(random.nextInt(100));
                    killed.start();
                }
                Request put = new Request.Once(session, i, Request.put("counter", "value " + i));
                Reply reply = cluster.members.get(random.nextInt(3)).ask(put);
                for (int attempt = 0; isUnavailable(reply); attempt++) {
                    assertTrue(attempt < 100, () -> "never done");
                    uncertain++;
                    reply = cluster.members.get(random.nextInt(3)).ask(put);
                }
                if (random.nextInt(3) == 0) {
                    Reply again = cluster.members.get(random.nextInt(3)).ask(put);
                    assertTrue(again.equals(reply) || isUnavailable(again), again::toString);
                }
            }
            assertTrue(uncertain > 0, "nothing has gone wrong");
            Reply.Range counter = (Reply.Range) cluster.leader().ask(Request.get("counter"));
            assertEquals(100, counter.pairs().get(0).version());
        }
    }

    private static boolean isUnavailable(Reply reply) {
        return reply instanceof Reply.Refusal refusal && refusal.code() == ErrorCode.UNAVAILABLE.value();
    }

    private static long open(SimCluster.Member member) {
        return assertInstanceOf(Reply.OpenSession.class, member.ask(new Request.OpenSession(1)))
                .id();
    }
}
