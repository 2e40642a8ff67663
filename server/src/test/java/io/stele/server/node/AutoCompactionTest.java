package io.stele.server.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.server.config.AutoCompaction;
import io.stele.transport.peer.sim.SimPeerWeather;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AutoCompactionTest {
    private final SimCluster cluster = new SimCluster(1, SimPeerWeather.FAIR);
    private SimCluster.Member node;

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void shouldKeepTheHistoryOfThePeriodAndNoMore() {
        restart(new AutoCompaction(AutoCompaction.Mode.PERIODIC, TimeUnit.MINUTES.toNanos(10)));
        long begin = node.node.machine().revision();
        putEverySecond(600);
        assertTrue(node.node.machine().compactRevision() <= begin, "nothing is older than the period");
        putEverySecond(660);
        long compacted = node.node.machine().compactRevision() - begin;
        assertTrue(compacted >= 500 && compacted <= 660, "compacted: " + compacted);
        assertTrue(node.node.machine().isPhysicallyCompacted(compacted + begin - 1));
    }

    @Test
    void shouldKeepSoManyRevisionsEveryFiveMinutes() {
        restart(new AutoCompaction(AutoCompaction.Mode.REVISION, 100));
        long begin = node.node.machine().revision();
        putEverySecond(290);
        assertEquals(-1, node.node.machine().compactRevision());
        putEverySecond(20);
        long compacted = node.node.machine().compactRevision() - begin;
        assertTrue(compacted >= 190 && compacted <= 210, "compacted: " + compacted);
    }

    private void restart(AutoCompaction autoCompaction) {
        cluster.autoCompaction = autoCompaction;
        node = cluster.leader();
        node.kill();
        node.start();
        node = cluster.leader();
    }

    private void putEverySecond(int seconds) {
        for (int i = 0; i < seconds; i++) {
            for (int steps = 0; steps < 50; steps++) {
                cluster.nowNs += 19_000_000;
                cluster.round();
            }
            assertEquals("ok", node.putNow("k", "v" + i));
        }
    }
}
