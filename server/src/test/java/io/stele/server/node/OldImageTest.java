package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.storage.wal.Superblock;
import io.stele.transport.peer.sim.SimPeerWeather;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A member that is started from an old copy of its data directory, or an empty one, forgot votes and entries. */
final class OldImageTest {
    @Test
    void shouldElectNobodyWithLessThanARestoredMemberHadAcknowledged() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member leader = cluster.leader();
            assertEquals("ok", leader.putNow("a", "1"));
            List<SimCluster.Member> followers =
                    cluster.members.stream().filter(m -> m != leader).toList();
            SimCluster.Member restored = followers.get(0);
            SimCluster.Member behind = followers.get(1);
            restored.kill();
            Map<String, byte[]> image = copy(restored);
            restored.start();
            cluster.until("ready", () -> restored.node.status().ready());
            cluster.rounds(200);
            behind.kill();
            for (int i = 0; i < 10; i++) {
                assertEquals("ok", leader.putNow("b" + i, "" + i));
            }
            leader.kill();
            restored.kill();
            restore(restored, image);
            behind.start();
            restored.start();
            cluster.rounds(3000);
            assertFalse(behind.isLeader());
            assertFalse(restored.isLeader());
            assertTrue(restored.node.raft().isPledged());
            restored.kill();
            restored.start();
            cluster.rounds(3000);
            assertFalse(behind.isLeader(), "nor after another start");
            leader.start();
            assertEquals("9", cluster.leader().getNow("b9", false));
            cluster.until("whole", () -> !restored.node.raft().isPledged());
            leader.kill();
            assertNotSame(leader, cluster.leader());
            assertEquals("8", cluster.leader().getNow("b8", false));
        }
    }

    @Test
    void shouldBringARestoredMemberUpToDateWhileTheOthersGoOn() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member leader = cluster.leader();
            SimCluster.Member restored = cluster.follower();
            restored.kill();
            Map<String, byte[]> image = copy(restored);
            restored.start();
            for (int i = 0; i < 20; i++) {
                assertEquals("ok", leader.putNow("b" + i, "" + i));
            }
            cluster.rounds(200);
            restored.kill();
            restore(restored, image);
            restored.start();
            cluster.until(
                    "whole",
                    () -> restored.node.superblock().life() > Superblock.FIRST_VOTING_LIFE + 2
                            && !restored.node.raft().isPledged()
                            && restored.node.machine().appliedIndex()
                                    == leader.node.machine().appliedIndex());
            assertEquals("19", restored.getNow("b19", false));
            assertEquals(leader, cluster.leader());
            assertEquals("ok", restored.putNow("c", "1"));
        }
    }

    /** As often as the other one knows that it was started before: its lives must not be taken for those. */
    @Test
    void shouldKnowAMemberAgainThatComesWithAnEmptyDiskAndWasStartedOften() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member leader = cluster.leader();
            assertEquals("ok", leader.putNow("a", "1"));
            List<SimCluster.Member> followers =
                    cluster.members.stream().filter(m -> m != leader).toList();
            SimCluster.Member emptied = followers.get(0);
            SimCluster.Member behind = followers.get(1);
            cluster.until("ready", () -> emptied.node.status().ready());
            cluster.rounds(200);
            behind.kill();
            for (int i = 0; i < 10; i++) {
                assertEquals("ok", leader.putNow("b" + i, "" + i));
            }
            leader.kill();
            emptied.kill();
            restore(emptied, Map.of());
            for (int i = 0; i < 5; i++) {
                emptied.start();
                cluster.rounds(50);
                emptied.kill();
            }
            behind.start();
            emptied.start();
            cluster.rounds(3000);
            assertFalse(behind.isLeader());
            assertFalse(emptied.isLeader());
            assertTrue(emptied.node.raft().isPledged());
            leader.start();
            assertEquals("9", cluster.leader().getNow("b9", false));
            cluster.until("whole", () -> !emptied.node.raft().isPledged());
            leader.kill();
            assertNotSame(leader, cluster.leader());
            assertEquals("8", cluster.leader().getNow("b8", false));
        }
    }

    /** Found by a simulated cluster, 3000596: a vote in term 0 was remembered, and no start succeeded any more. */
    @Test
    void shouldStartAgainAfterItsDiskWasLostBeforeAnybodyWasElected() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member emptied = cluster.members.get(0);
            cluster.members.get(2).kill();
            cluster.until(
                    "met",
                    () -> cluster.members
                                    .get(1)
                                    .node
                                    .superblock()
                                    .peerLife(emptied.node.identity().memberId())
                            > 0);
            assertEquals(0, emptied.node.raft().term());
            cluster.members.get(1).kill();
            emptied.kill();
            restore(emptied, Map.of());
            cluster.members.get(1).start();
            emptied.start();
            cluster.until("found out", () -> emptied.node.raft().isPledged());
            emptied.kill();
            emptied.start();
            cluster.members.get(2).start();
            assertEquals("ok", cluster.leader().putNow("a", "1"));
            cluster.until("whole", () -> !emptied.node.raft().isPledged());
        }
    }

    @Test
    void shouldTakeRestartsForWhatTheyAre() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            for (int i = 0; i < 12; i++) {
                assertEquals("ok", cluster.leader().putNow("a", "" + i));
                SimCluster.Member member = cluster.members.get(i % 3);
                member.kill();
                cluster.rounds(i * 10);
                member.start();
                cluster.until("ready", () -> member.node.status().ready());
                assertFalse(member.node.raft().isPledged());
            }
        }
    }

    private static Map<String, byte[]> copy(SimCluster.Member member) {
        Map<String, byte[]> image = new TreeMap<>();
        for (String name : member.disk.names()) {
            image.put(name, member.disk.bytes(name).clone());
        }
        return image;
    }

    private static void restore(SimCluster.Member member, Map<String, byte[]> image) {
        for (String name : member.disk.names()) {
            if (!image.containsKey(name)) {
                member.disk.lose(name);
            }
        }
        image.forEach((name, bytes) -> member.disk.replace(name, bytes.clone()));
    }
}
