package io.stele.perf.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.perf.SmallNode;
import io.stele.server.Server;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseRunTest {
    /** How late an end may be says nothing on a machine that does something else. */
    private static final long ANY_MS = 60_000;

    @Test
    void shouldSeeLeasesOfARealNodeEndInTime(@TempDir Path directory) throws InterruptedException {
        try (Server server = Server.launch(SmallNode.config(directory), (agent, cause) -> {})) {
            String endpoint = server.clientUrls().get(0).toString().replace("http://", "");
            LeaseResult result =
                    LeaseRun.run(new LeasePlan(200, 2, 2, 64, 1, 0, 0, ANY_MS), "stele", List.of(endpoint), () -> {});
            assertEquals(List.of(), result.violations());
            assertEquals(200, result.expired());
            assertEquals(2, result.ttl());
            assertTrue(result.renewals().getTotalCount() > 0);
        }
    }
}
