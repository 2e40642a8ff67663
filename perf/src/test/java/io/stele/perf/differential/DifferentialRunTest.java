package io.stele.perf.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Skipped where no etcd is installed. */
class DifferentialRunTest {
    private static final int REQUESTS = 3_000;
    private static final int KINDS_MIN = 20;

    @Test
    void shouldAnswerAsEtcdDoes() throws Exception {
        assumeTrue(DifferentialRun.isEtcdInstalled(), "no etcd is installed");
        DifferentialResult result = DifferentialRun.run(new DifferentialPlan(REQUESTS, 1, 10), done -> {});
        assertEquals(List.of(), result.differences());
        assertEquals(
                REQUESTS,
                result.sent().values().stream().mapToInt(count -> count).sum());
        assertTrue(result.sent().size() >= KINDS_MIN, "kinds of requests: " + result.sent());
        assertTrue(result.refused().values().stream().mapToInt(count -> count).sum() > 0, "wrong ones are among them");
    }
}
