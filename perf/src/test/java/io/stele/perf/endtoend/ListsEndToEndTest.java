package io.stele.perf.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.perf.SmallNode;
import io.stele.perf.lists.ListsPlan;
import io.stele.perf.lists.ListsResult;
import io.stele.perf.lists.ListsRun;
import io.stele.perf.load.ServerMemory;
import io.stele.server.Server;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Big lists at once, of a whole node. */
final class ListsEndToEndTest {
    private static final int KEYS = 1_000;
    private static final int VALUE_LENGTH = 3_000;

    @TempDir
    private Path directory;

    @Test
    void shouldListAllForEachAtOnce() throws Exception {
        run(false);
    }

    @Test
    void shouldStreamAllToEachAtOnce() throws Exception {
        run(true);
    }

    private void run(boolean stream) throws Exception {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        ListsPlan plan = new ListsPlan("lists/", KEYS, VALUE_LENGTH, 8, stream, 100);
        try (Server server =
                Server.launch(SmallNode.config(directory), (agent, cause) -> failure.compareAndSet(null, cause))) {
            String endpoint = URI.create(server.clientUrls().get(0).toString()).getAuthority();
            try (ServerMemory memory = ServerMemory.of(ProcessHandle.current().pid(), endpoint)) {
                ListsResult result = ListsRun.run(plan, endpoint, memory);
                assertEquals("", result.firstWrong());
                assertEquals(0, result.wrongLists());
                assertTrue(result.listBytes() > (long) KEYS * VALUE_LENGTH);
                assertEquals(8, result.listTimes().getTotalCount());
                assertTrue(result.residentMax() >= result.residentBefore());
            }
        }
        assertNull(failure.get());
    }
}
