package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.sim.SimPeerWeather;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What clients ask of members that do not lead, over a network that repeats, delays and loses frames. */
final class ForwardedRequestsTest {
    private static final int WRITES = 50;

    @Test
    void shouldCarryOutARepeatedRequestOnce() {
        SimPeerWeather echo = new SimPeerWeather() {
            @Override
            public boolean repeats(long from, long to, PeerLane lane, int length) {
                return lane == PeerLane.BULK;
            }
        };
        checkEachWriteIsOneRevision(echo);
    }

    @Test
    void shouldCarryOutARequestOnceWhoseRepetitionComesLate() {
        Random random = new Random(11);
        SimPeerWeather late = new SimPeerWeather() {
            @Override
            public boolean repeats(long from, long to, PeerLane lane, int length) {
                return lane == PeerLane.BULK && random.nextInt(3) == 0;
            }

            @Override
            public long delayNs(long from, long to, PeerLane lane, int length) {
                return lane == PeerLane.BULK ? random.nextInt(30_000_000) : 0;
            }
        };
        checkEachWriteIsOneRevision(late);
    }

    private static void checkEachWriteIsOneRevision(SimPeerWeather weather) {
        try (SimCluster cluster = new SimCluster(3, weather)) {
            SimCluster.Member leader = cluster.leader();
            SimCluster.Member follower = cluster.follower();
            long before = leader.node.machine().revision();
            for (int i = 0; i < WRITES; i++) {
                assertEquals("ok", follower.putNow("key", "value " + i));
            }
            cluster.rounds(100);
            assertEquals(WRITES, leader.node.machine().revision() - before);
        }
    }

    @Test
    void shouldTakeEachRequestOfALifeOnce() {
        ForwardedOnce once = new ForwardedOnce();
        assertTrue(once.isFirst(7, 1));
        assertFalse(once.isFirst(7, 1));
        assertTrue(once.isFirst(7, 3));
        assertTrue(once.isFirst(7, 2), "one that was overtaken");
        assertFalse(once.isFirst(7, 2));
        assertFalse(once.isFirst(7, 3));
        assertTrue(once.isFirst(8, 1), "another life");
        assertFalse(once.isFirst(8, 1));
    }

    @Test
    void shouldTakeNothingFromBehindTheWindow() {
        ForwardedOnce once = new ForwardedOnce();
        long far = 10L * ForwardedOnce.WINDOW;
        assertTrue(once.isFirst(7, far));
        assertFalse(once.isFirst(7, far - ForwardedOnce.WINDOW), "nobody knows any more");
        assertTrue(once.isFirst(7, far - ForwardedOnce.WINDOW + 1));
        assertFalse(once.isFirst(7, far - ForwardedOnce.WINDOW + 1));
        for (long id = far + 1; id <= far + 3L * ForwardedOnce.WINDOW; id++) {
            assertTrue(once.isFirst(7, id));
            assertFalse(once.isFirst(7, id));
        }
        assertFalse(once.isFirst(7, far));
    }
}
