package io.stele.perf.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.perf.lease.LeasePlan;
import io.stele.perf.lease.LeaseResult;
import io.stele.perf.lease.LeaseRun;
import io.stele.perf.watch.WatchPlan;
import io.stele.perf.watch.WatchResult;
import io.stele.perf.watch.WatchRun;
import io.stele.perf.watch.WatchedServers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What watchers and holders of leases get while leaders are killed; small. */
@Timeout(180)
class LeaderKillsTest {
    private static final List<String> FLAGS =
            List.of("--checkpoint-bytes=1048576", "--wal-segment-bytes=" + 4 * 1024 * 1024);

    private record Servers(LeaderKills cluster) implements WatchedServers {
        @Override
        public List<String> endpoints() {
            return cluster.endpoints();
        }

        @Override
        public void killLeader() throws InterruptedException {
            cluster.killLeader();
        }

        @Override
        public long memoryBytes() {
            return cluster.memoryBytes();
        }
    }

    @Test
    void shouldGiveWatchersTheLogAndEndLeasesInTimeWhileLeadersAreKilled() throws Exception {
        try (LeaderKills cluster = new LeaderKills(3, FLAGS)) {
            assertTrue(cluster.memoryBytes() > 0);
            WatchPlan plan = new WatchPlan(20, 20, 4, 200, 7, 20, 64, 0, 1, 2, 3, 2);
            WatchResult watched = WatchRun.run(plan, "stele", new Servers(cluster), cluster::put);
            assertEquals(List.of(), watched.violations());
            assertEquals(0, watched.failedPuts());
            assertTrue(watched.kills() > 0);
            long counted = watched.putLatency().getTotalCount()
                    + watched.killedPutLatency().getTotalCount();
            assertEquals(watched.puts() - 1, counted, "each put is counted, but for the first probe");

            LeasePlan leases = new LeasePlan(100, 10, 1, 32, 0, 1, 1, 60_000);
            LeaseResult kept = LeaseRun.run(leases, "stele", cluster.endpoints(), cluster::killLeader);
            assertEquals(List.of(), kept.violations());
            assertEquals(0, kept.unrenewed());
        }
    }
}
