package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.storage.file.Ballast;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.sim.DiskFault;
import io.stele.storage.file.sim.DiskOperation;
import io.stele.transport.peer.sim.SimPeerWeather;
import org.junit.jupiter.api.Test;

/** A member needs a snapshot that its disk has no room for: it stays behind, and nothing else happens to it. */
class SnapshotSpaceTest {
    private static final long MEBIBYTE = 1024 * 1024;
    private static final int BATCHES = 40;

    private int filesBegun;

    @Test
    void shouldWaitForRoomWhenASnapshotDoesNotFit() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member late = withoutWhatTheLogKeeps(cluster);
            late.disk.quota(late.disk.usedBytes() + 4 * MEBIBYTE);
            late.start();
            countFiles(late);
            cluster.until("it has tried", () -> filesBegun > 0 && !receives(late));
            cluster.rounds(20_000); // its own files find their length
            int tries = filesBegun;
            cluster.rounds(60_000);
            assertEquals(tries, filesBegun, "there is no more space than there was");
            assertTrue(!receives(late), "what had come takes no space");
            assertEquals("1", late.getNow("old", true));
            assertEquals("ok", cluster.leader().putNow("new", "1"));

            late.disk.quota(late.disk.usedBytes() + 5 * MEBIBYTE);
            cluster.until("it tries again where there is more", () -> filesBegun == tries + 1 && !receives(late));
            late.disk.quota(Long.MAX_VALUE);
            cluster.until("caught up", () -> isCaughtUp(cluster, late));
            assertEquals("1", late.getNow("new", false));
        }
    }

    @Test
    void shouldWaitWhenNotEvenTheFirstFileFits() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member late = withoutWhatTheLogKeeps(cluster);
            late.disk.quota(late.disk.usedBytes() + MEBIBYTE / 2);
            late.start();
            cluster.rounds(2_000);
            assertTrue(!receives(late));
            late.disk.quota(Long.MAX_VALUE);
            cluster.until("caught up", () -> isCaughtUp(cluster, late));
        }
    }

    @Test
    void shouldLeaveTheReserveToTheLog() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            cluster.reserveBytes = 4 * MEBIBYTE;
            SimCluster.Member late = withoutWhatTheLogKeeps(cluster);
            late.disk.quota(late.disk.usedBytes() + 7 * MEBIBYTE);
            late.start();
            countFiles(late);
            cluster.until("it has tried", () -> filesBegun == 1 && !receives(late));
            late.disk.quota(Long.MAX_VALUE);
            cluster.until("caught up", () -> isCaughtUp(cluster, late));
        }
    }

    /** Some file systems find out that they are full only when they force. */
    @Test
    void shouldThrowAwayWhatCannotBeForcedForWantOfSpace() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member late = withoutWhatTheLogKeeps(cluster);
            late.disk.quota(100 * MEBIBYTE);
            late.start();
            failForces(late, DiskFault.NO_SPACE);
            cluster.until("it has tried", () -> filesBegun == 1 && !receives(late));
            late.disk.quota(1_000 * MEBIBYTE);
            countFiles(late);
            cluster.until("caught up", () -> isCaughtUp(cluster, late));
        }
    }

    @Test
    void shouldStopWhenForcingASnapshotFails() {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member late = withoutWhatTheLogKeeps(cluster);
            late.start();
            failForces(late, DiskFault.EIO);
            StorageException failure = assertThrows(StorageException.class, () -> cluster.rounds(1_000));
            assertEquals(StorageException.Kind.IO, failure.kind());
        }
    }

    /** A follower that has gone, and no ballast on its disk. */
    private static SimCluster.Member withoutWhatTheLogKeeps(SimCluster cluster) {
        cluster.ballastBytes = MEBIBYTE;
        SimCluster.Member late = cluster.follower();
        assertEquals("ok", late.putNow("old", "1"));
        cluster.until("applied", () -> isCaughtUp(cluster, late));
        late.stop();
        late.disk.lose(Ballast.NAME);
        SimCluster.Member leader = cluster.leader();
        long before = leader.node.log().lastIndex();
        for (int i = 0; i < BATCHES || leader.node.log().firstIndex() <= before; i++) {
            for (int j = 0; j < 100; j++) {
                leader.put(100 * i + j, "key" + i + "/" + j, "value " + i + "x".repeat(900));
            }
            for (int j = 0; j < 100; j++) {
                cluster.until("answered", () -> leader.receive() != null);
            }
        }
        return late;
    }

    private static boolean isCaughtUp(SimCluster cluster, SimCluster.Member member) {
        return member.node.machine().appliedIndex()
                == cluster.leader().node.machine().appliedIndex();
    }

    private static boolean receives(SimCluster.Member member) {
        return member.disk.names().stream().anyMatch(SnapshotSpaceTest::isIncoming);
    }

    private static boolean isIncoming(String name) {
        return name.startsWith("incoming");
    }

    private void countFiles(SimCluster.Member member) {
        member.disk.plan((call, operation, name) -> {
            filesBegun += operation == DiskOperation.CREATE && isIncoming(name) ? 1 : 0;
            return DiskFault.NONE;
        });
    }

    private void failForces(SimCluster.Member member, DiskFault fault) {
        member.disk.plan((call, operation, name) -> {
            filesBegun += operation == DiskOperation.CREATE && isIncoming(name) ? 1 : 0;
            // The first call that makes the pages durable; those before it make the empty file.
            boolean isForce = operation == DiskOperation.SYNC && isIncoming(name);
            return isForce && member.disk.usedBytes() > 4 * MEBIBYTE ? fault : DiskFault.NONE;
        });
    }
}
