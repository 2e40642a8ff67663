package io.stele.perf.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.perf.SmallNode;
import io.stele.perf.load.Session;
import io.stele.perf.load.Target;
import io.stele.perf.target.Targets;
import io.stele.server.Server;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchRunTest {
    private final Observer observer = new Observer(-1, 0, new Observer.Lags());

    @Test
    void shouldVerifyWhatWatchersOfARealNodeGet(@TempDir Path directory) throws InterruptedException {
        try (Server server = Server.launch(SmallNode.config(directory), (agent, cause) -> {})) {
            List<String> endpoints =
                    List.of(server.clientUrls().get(0).toString().replace("http://", ""));
            try (Target target = Targets.open("stele", endpoints, 1, 1);
                    Session session = target.connect()) {
                WatchPlan plan = new WatchPlan(20, 10, 3, 100, 1, 5, 64, 300, 0, 0, 0, 0);
                WatchResult result = WatchRun.run(
                        plan,
                        "stele",
                        WatchedServers.at(endpoints),
                        (key, value, done) -> session.put(key, value, 0, value.length, done));
                assertEquals(List.of(), result.violations());
                assertEquals(402, result.puts());
                assertTrue(result.caughtUpNs() > 0);
            }
        }
    }

    private void see(long... revisions) {
        for (long revision : revisions) {
            observer.onEvent(revision, 1, revision, 0, 0);
        }
    }

    private static long sum(long... revisions) {
        long sum = 0;
        for (long revision : revisions) {
            sum += Observer.mix(revision);
        }
        return sum;
    }

    @Test
    void shouldFindNothingWrongWithTheLog() {
        see(2, 3, 5);
        assertNull(observer.check(3, sum(2, 3, 5)));
    }

    @Test
    void shouldNoticeWhatIsLost() {
        see(2, 5);
        assertNotNull(observer.check(3, sum(2, 3, 5)));
    }

    @Test
    void shouldNoticeWhatComesTwiceOrTooLate() {
        see(2, 3, 3, 5);
        assertNotNull(observer.check(4, sum(2, 3, 3, 5)));
    }

    @Test
    void shouldNoticeWhatIsNotInTheLog() {
        see(2, 4, 5);
        assertNotNull(observer.check(3, sum(2, 3, 5)));
    }
}
