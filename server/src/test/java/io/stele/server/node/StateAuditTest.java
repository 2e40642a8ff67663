package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.server.machine.StateCheck;
import io.stele.storage.file.FileStore;
import io.stele.storage.page.BTree;
import io.stele.storage.page.Cursor;
import io.stele.storage.page.PageStore;
import io.stele.storage.page.PageStoreContext;
import io.stele.transport.peer.sim.SimPeerWeather;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Members whose states differ: found, fenced, and given the state of the others. */
final class StateAuditTest {
    private static final int KEYS = 0;
    private static final int VERSION = 16;

    @Test
    void shouldCompareStatesAsLongAsEntriesAreApplied() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member leader = cluster.leader();
            cluster.rounds(1000);
            long before = leader.node.nodeAgent().auditCount();
            for (int i = 0; i < 50; i++) {
                assertEquals("ok", leader.putNow("a", "" + i));
                cluster.rounds(10);
            }
            long after = leader.node.nodeAgent().auditCount();
            assertTrue(after - before >= 10, "rounds: " + (after - before));
            cluster.rounds(1000);
            long atRest = leader.node.nodeAgent().auditCount();
            cluster.rounds(1000);
            assertEquals(atRest, leader.node.nodeAgent().auditCount(), "at rest there is nothing to compare");
        }
    }

    @Test
    void shouldFenceAFollowerThatDiffersUntilItHasTheStateOfTheOthers() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            cluster.expectsFences = true;
            SimCluster.Member leader = filled(cluster);
            SimCluster.Member odd = cluster.follower();
            damage(odd, 1);
            cluster.until("led", () -> odd.node.status().ready());
            assertEquals("ok", leader.putNow("k", "2"));
            cluster.until("fenced", odd.node::isFenced);
            assertFalse(odd.node.status().ready());
            assertEquals("etcdserver: unhealthy cluster", odd.getNow("k", true));
            assertEquals("ok", leader.putNow("k", "3"), "the others go on");
            cluster.until("healed", () -> !odd.node.isFenced());
            assertSound(cluster, odd, leader);
            assertEquals("3", odd.getNow("k", false));
            assertEquals("ok", odd.putNow("k", "4"));
            assertEquals(1, odd.node.fencedCount());
        }
    }

    @Test
    void shouldFenceALeaderThatDiffers() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            cluster.expectsFences = true;
            SimCluster.Member odd = filled(cluster);
            damage(odd, 1);
            cluster.leader();
            cluster.until("led", () -> odd.node.status().ready());
            for (int i = 0; !odd.isLeader(); i++) {
                assertTrue(i < 20, "leads");
                cluster.leader().moveLeader(odd.id());
                cluster.rounds(200);
            }
            odd.putNow("k", "2");
            cluster.until("fenced", odd.node::isFenced);
            cluster.until("somebody else leads", () -> cluster.leader() != odd);
            cluster.until("healed", () -> !odd.node.isFenced());
            SimCluster.Member next = cluster.leader();
            assertEquals("ok", next.putNow("k", "3"));
            assertSound(cluster, odd, next);
        }
    }

    @Test
    void shouldRememberThatItIsFenced() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            cluster.expectsFences = true;
            SimCluster.Member leader = filled(cluster);
            SimCluster.Member odd = cluster.follower();
            damage(odd, 1);
            cluster.until("led", () -> odd.node.status().ready());
            leader.putNow("k", "2");
            cluster.until("fenced", odd.node::isFenced);
            odd.kill();
            odd.start();
            assertTrue(odd.node.isFenced());
            cluster.until("healed", () -> !odd.node.isFenced());
            assertSound(cluster, odd, leader);
            odd.kill();
            odd.start();
            assertFalse(odd.node.isFenced());
        }
    }

    @Test
    void shouldRefuseEverywhereWhenNoMajorityAgrees() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            cluster.expectsFences = true;
            SimCluster.Member leader = filled(cluster);
            List<SimCluster.Member> others =
                    cluster.members.stream().filter(m -> m != leader).toList();
            damage(others.get(0), 1);
            cluster.until("led", () -> others.get(0).node.status().ready());
            damage(others.get(1), 2);
            cluster.until("led", () -> others.get(1).node.status().ready());
            cluster.leader().put(1, "k", "2");
            cluster.until("corrupt", () -> cluster.members.stream().allMatch(m -> m.node.isClusterCorrupt()));
            for (SimCluster.Member member : cluster.members) {
                cluster.rounds(100);
                while (member.receive() != null) {
                    // what was under way
                }
                assertEquals("etcdserver: corrupt cluster", member.getNow("k", true), member.name);
            }
            assertEquals("ok", cluster.leader().change(4, others.get(0).id(), ""));
            cluster.rounds(1000);
            assertEquals("ok", cluster.leader().change(4, others.get(1).id(), ""));
            cluster.until("serves", () -> !leader.node.isClusterCorrupt());
            assertEquals("2", leader.getNow("k", false));
        }
    }

    private static SimCluster.Member filled(SimCluster cluster) {
        SimCluster.Member leader = cluster.leader();
        for (int i = 0; i < 20; i++) {
            assertEquals("ok", leader.putNow("a" + i, "x".repeat(100)));
        }
        assertEquals("ok", leader.putNow("k", "1"));
        cluster.rounds(200);
        return leader;
    }

    /** Changes how often the last key has been written, where no checksum sees it. */
    private static void damage(SimCluster.Member member, int versions) {
        member.stop();
        FileStore files = member.disk.mount();
        try (PageStore store = PageStore.open(files, new PageStoreContext().regionBytes(1024 * 1024))) {
            BTree keys = store.tree(KEYS);
            Cursor cursor = keys.cursor();
            assertTrue(cursor.last());
            byte[] key = new byte[cursor.key().length()];
            cursor.key().buffer().getBytes(cursor.key().offset(), key);
            UnsafeBuffer value = new UnsafeBuffer(new byte[cursor.value().length()]);
            value.putBytes(0, cursor.value().buffer(), cursor.value().offset(), value.capacity());
            value.putLong(VERSION, value.getLong(VERSION) + versions);
            keys.put(new UnsafeBuffer(key), 0, key.length, value, 0, value.capacity(), true);
            store.checkpoint();
        }
        files.close();
        member.start();
    }

    private static void assertSound(SimCluster cluster, SimCluster.Member healed, SimCluster.Member other) {
        cluster.until(
                "caught up",
                () -> healed.node.machine().appliedIndex()
                        == other.node.machine().appliedIndex());
        assertEquals(other.node.machine().digestLow(), healed.node.machine().digestLow());
        assertEquals(other.node.machine().digestHigh(), healed.node.machine().digestHigh());
        cluster.until("index complete", () -> healed.node.machine().isIndexComplete());
        assertEquals(List.of(), StateCheck.run(healed.node.machine()));
        assertNotEquals(0, healed.node.machine().appliedIndex());
    }
}
