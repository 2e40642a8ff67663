package io.stele.perf.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stele.perf.SmallNode;
import io.stele.server.Server;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FencingRunTest {
    @Test
    void shouldRefuseLateWritesOnlyWhereTokensAreLookedAt(@TempDir Path directory) throws Exception {
        try (Server server = Server.launch(SmallNode.config(directory), (agent, cause) -> {})) {
            String endpoint = server.clientUrls().get(0).toString().replace("http://", "");
            List<Integer> done = new ArrayList<>();
            FencingResult result = FencingRun.run(new FencingPlan(5, 3, 1, 1), List.of(endpoint), done::add);
            assertEquals(List.of(), result.violations());
            assertEquals(List.of(3, 5), done);
            assertEquals(2, result.pauses());
            assertEquals(5, result.guarded());
            assertEquals(5, result.tokened());
            assertEquals(5, result.unguarded());
            assertEquals(5, result.untokened());
            assertEquals(5, result.handovers().getTotalCount());
        }
    }

    @Test
    void shouldRefuseASmallerTokenThanItHasSeen() {
        TokenResource fenced = new TokenResource(true);
        assertEquals(true, fenced.write(5, "a"));
        assertEquals(true, fenced.write(7, "b"));
        assertEquals(false, fenced.write(5, "c"));
        assertEquals(true, fenced.write(7, "d"));
        assertEquals("d", fenced.content());
    }
}
