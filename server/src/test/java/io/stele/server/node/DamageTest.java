package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.server.machine.StateCheck;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.page.PageCheck;
import io.stele.storage.wal.Superblock;
import io.stele.storage.wal.WalCheck;
import io.stele.transport.peer.sim.SimPeerWeather;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Bytes that rot on one member's disk: it starts, keeps its promises, and gets from the others what it has lost. */
final class DamageTest {
    private static final int ENTRIES = 40;
    private static final int BLOCK = 4096;
    private static final int ROOTS_LENGTH = 4 * 4096;

    @Test
    void shouldGetBackTheEntriesOfADamagedLog() {
        healsFrom(member -> flip(member, firstLog(member), indexOf(member, "value-20")));
    }

    @Test
    void shouldGetBackTheEntriesBehindADamagedHeader() {
        healsFrom(member -> {
            int at = indexOf(member, "value-20");
            for (int offset = at - 120; offset < at; offset += 8) {
                flip(member, firstLog(member), offset);
            }
        });
    }

    @Test
    void shouldGetBackALogWhoseFirstBytesAreDamaged() {
        healsFrom(member -> flip(member, firstLog(member), 8));
    }

    @Test
    void shouldGetBackALostLog() {
        healsFrom(member -> logs(member).forEach(member.disk::lose));
    }

    @Test
    void shouldGetBackALogLostWithoutATrace() {
        healsFrom(member -> {
            logs(member).forEach(member.disk::lose);
            member.disk.lose("wal.headers");
        });
    }

    @Test
    void shouldNotNeedTheSecondHeaders() {
        healsFrom(member -> {
            for (int offset = 0; offset < member.disk.bytes("wal.headers").length; offset += 64) {
                flip(member, "wal.headers", offset);
            }
        });
    }

    @Test
    void shouldGetAnotherStateWhenPagesAreDamaged() {
        healsFrom(member -> {
            for (int at = ROOTS_LENGTH; at < member.disk.bytes("pages").length; at += BLOCK) {
                flip(member, "pages", at + 100);
            }
        });
    }

    @Test
    void shouldGetAnotherStateWhenAllRootsAreDamaged() {
        healsFrom(DamageTest::flipRoots);
    }

    @Test
    void shouldGetAnotherStateWhenThePagesAreCutShort() {
        healsFrom(member -> member.disk.replace("pages", new byte[0]));
    }

    @Test
    void shouldSurviveDamageToLogAndPages() {
        healsFrom(member -> {
            flipRoots(member);
            flip(member, firstLog(member), indexOf(member, "value-20"));
        });
    }

    @Test
    void shouldHealCopiesOfTheSuperblock() {
        healsFrom(member -> {
            for (int copy = 0; copy < Superblock.copyCount() - 1; copy++) {
                flip(member, Superblock.NAME, copy * BLOCK + 44);
            }
        });
    }

    @Test
    void shouldNotStartUnderItsOldIdentityWithoutASuperblock() {
        try (SimCluster cluster = filled()) {
            SimCluster.Member victim = cluster.follower();
            victim.kill();
            for (int copy = 0; copy < Superblock.copyCount(); copy++) {
                flip(victim, Superblock.NAME, copy * BLOCK + 44);
            }
            assertRefused(victim, "must not start under its old identity");
            victim.disk.lose(Superblock.NAME);
            assertRefused(victim, "no superblock");
        }
    }

    @Test
    void shouldElectNobodyWithLessThanADamagedMemberHadAcknowledged() {
        try (SimCluster cluster = filled()) {
            SimCluster.Member leader = cluster.leader();
            SimCluster.Member damaged = cluster.follower();
            SimCluster.Member behind = cluster.members.stream()
                    .filter(member -> member != leader && member != damaged)
                    .findFirst()
                    .orElseThrow();
            behind.kill();
            for (int i = 0; i < 10; i++) {
                assertEquals("ok", leader.putNow("late" + i, "late-value-" + i));
            }
            leader.kill();
            damaged.kill();
            flip(damaged, firstLog(damaged), indexOf(damaged, "late-value-5"));
            damaged.start();
            behind.start();
            cluster.rounds(3000);
            assertFalse(damaged.isLeader());
            assertFalse(behind.isLeader());
            damaged.kill();
            damaged.start();
            cluster.rounds(3000);
            assertFalse(behind.isLeader(), "nor after another start");
            leader.start();
            assertEquals("late-value-9", cluster.leader().getNow("late9", false));
            assertHealed(cluster, damaged);
            leader.kill();
            assertNotSame(leader, cluster.leader());
            assertEquals("late-value-7", cluster.leader().getNow("late7", false));
        }
    }

    @Test
    void shouldStopRatherThanSendAnEntryThatHasRottenWhileItRan() {
        try (SimCluster cluster = filled()) {
            SimCluster.Member leader = cluster.leader();
            SimCluster.Member behind = cluster.follower();
            behind.kill();
            for (int i = 0; i < ENTRIES; i++) {
                assertEquals("ok", leader.putNow("late" + i, "late-value-" + i));
            }
            flip(leader, firstLog(leader), indexOf(leader, "late-value-2"));
            behind.start();
            StorageException found = assertThrows(StorageException.class, () -> cluster.rounds(3000));
            assertEquals(StorageException.Kind.CORRUPT, found.kind());
            assertTrue(found.getMessage().contains("has been damaged since it was written"), found.getMessage());
            leader.kill();
            leader.start();
            assertEquals("late-value-2", cluster.leader().getNow("late2", false));
            assertHealed(cluster, leader);
            assertHealed(cluster, behind);
        }
    }

    @Test
    void shouldStopWhenThereIsNobodyElse() {
        for (String file : List.of("pages", "log")) {
            try (SimCluster cluster = new SimCluster(1, SimPeerWeather.FAIR)) {
                SimCluster.Member alone = cluster.leader();
                for (int i = 0; i < ENTRIES; i++) {
                    assertEquals("ok", alone.putNow("k" + i, "value-" + i));
                }
                alone.node.store().checkpoint();
                alone.kill();
                if (file.equals("pages")) {
                    flipRoots(alone);
                } else {
                    flip(alone, firstLog(alone), indexOf(alone, "value-20"));
                }
                assertRefused(alone, file.equals("pages") ? "pages" : "wal-");
            }
        }
    }

    private static SimCluster filled() {
        SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR);
        cluster.expectsFences = true;
        SimCluster.Member leader = cluster.leader();
        for (int i = 0; i < ENTRIES; i++) {
            assertEquals("ok", leader.putNow("k" + i, "value-" + i));
        }
        cluster.rounds(300);
        for (SimCluster.Member member : cluster.members) {
            member.node.store().checkpoint(); // so that there is something that can rot
        }
        for (int i = 0; i < ENTRIES; i++) {
            assertEquals("ok", leader.putNow("l" + i, "other-" + i));
        }
        cluster.rounds(300);
        return cluster;
    }

    private static void healsFrom(Consumer<SimCluster.Member> damage) {
        for (boolean ofLeader : new boolean[] {false, true}) {
            try (SimCluster cluster = filled()) {
                SimCluster.Member victim = ofLeader ? cluster.leader() : cluster.follower();
                victim.kill();
                damage.accept(victim);
                victim.start();
                SimCluster.Member leader = cluster.leader();
                assertEquals("ok", leader.putNow("k1", "new"));
                assertHealed(cluster, victim);
                assertEquals("new", victim.getNow("k1", false));
                assertEquals("value-" + (ENTRIES - 1), victim.getNow("k" + (ENTRIES - 1), false));
                victim.stop();
                FileStore files = victim.disk.mount();
                assertEquals(List.of(), WalCheck.run(files).problems());
                assertEquals(List.of(), PageCheck.check(files, "pages").problems());
                files.close();
                victim.start();
                assertFalse(victim.node.isFenced());
                cluster.until("serves", () -> victim.node.status().ready());
            }
        }
    }

    private static void assertHealed(SimCluster cluster, SimCluster.Member healed) {
        SimCluster.Member leader = cluster.leader();
        cluster.until(
                "healed",
                () -> !healed.node.isFenced()
                        && !healed.node.raft().isPledged()
                        && healed.node.machine().appliedIndex()
                                == leader.node.machine().appliedIndex());
        // damage that was not met yet is met when the index is filled
        cluster.until("index complete", () -> healed.node.machine().isIndexComplete());
        cluster.until("sound", () -> !healed.node.isFenced());
        cluster.until("index complete", () -> healed.node.machine().isIndexComplete());
        assertEquals(leader.node.machine().digestLow(), healed.node.machine().digestLow());
        assertEquals(List.of(), StateCheck.run(healed.node.machine()));
    }

    private static void assertRefused(SimCluster.Member member, String text) {
        StorageException refused = assertThrows(StorageException.class, member::start);
        assertEquals(StorageException.Kind.CORRUPT, refused.kind());
        assertTrue(refused.getMessage().contains(text), refused.getMessage());
        member.node = null;
    }

    private static void flipRoots(SimCluster.Member member) {
        for (int at = 0; at < ROOTS_LENGTH; at += BLOCK) {
            flip(member, "pages", at + 40);
        }
    }

    private static void flip(SimCluster.Member member, String file, int at) {
        member.disk.flipBit(file, at, 3);
    }

    private static List<String> logs(SimCluster.Member member) {
        return member.disk.names().stream()
                .filter(name -> name.startsWith("wal-"))
                .toList();
    }

    private static String firstLog(SimCluster.Member member) {
        List<String> logs = logs(member);
        return logs.get(0);
    }

    private static int indexOf(SimCluster.Member member, String text) {
        byte[] log = member.disk.bytes(firstLog(member));
        int at = new String(log, StandardCharsets.ISO_8859_1).indexOf(text);
        assertTrue(at > 0, text);
        return at;
    }
}
