package io.stele.perf.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.client.ClientContext;
import io.stele.client.SteleClient;
import io.stele.perf.SmallNode;
import io.stele.perf.kubernetes.KubernetesResult;
import io.stele.perf.kubernetes.KubernetesRun;
import io.stele.perf.kubernetes.KubernetesRun.Phase;
import io.stele.perf.kubernetes.ObjectPlan;
import io.stele.perf.load.ServerMemory;
import io.stele.server.Server;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The requests of an API server, to a whole node. */
final class KubernetesEndToEndTest {
    private static final ObjectPlan PLAN = new ObjectPlan("/registry/", 500, 3_000, 2, 16, 50, 1);

    @TempDir
    private Path directory;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private Server server;
    private String endpoint;

    @BeforeEach
    void start() {
        server = Server.launch(SmallNode.config(directory), (agent, cause) -> failure.compareAndSet(null, cause));
        endpoint = URI.create(server.clientUrls().get(0).toString()).getAuthority();
    }

    @AfterEach
    void stop() {
        server.close();
        assertNull(failure.get());
    }

    @Test
    void shouldShowListsAndWatchersWhatWasWritten() throws Exception {
        try (ServerMemory memory = ServerMemory.of(ProcessHandle.current().pid(), endpoint);
                KubernetesRun run = new KubernetesRun(PLAN, endpoint, memory)) {
            for (Phase phase : Phase.values()) {
                run.run(phase);
            }
            KubernetesResult result = run.finish();
            assertEquals(List.of(), result.differences());
            assertEquals(500, result.times().get("create").getTotalCount());
            assertEquals(500, result.times().get("update").getTotalCount());
            assertEquals(50, result.times().get("delete").getTotalCount());
            assertEquals(9, result.times().get("page").getTotalCount());
            // Two watchers of 450 pods, one of 50 events.
            assertEquals(950, result.times().get("watch lag of creates").getTotalCount());
        }
    }

    @Test
    void shouldFindWhatSomebodyElseWrote() throws Exception {
        try (ServerMemory memory = ServerMemory.of(ProcessHandle.current().pid(), endpoint);
                KubernetesRun run = new KubernetesRun(PLAN, endpoint, memory);
                SteleClient client = SteleClient.connect(
                        new ClientContext().endpoints(server.clientUrls().get(0).toString()))) {
            run.run(Phase.CREATE);
            client.kv().put("/registry/pods/default/object-00000003", "3").get(30, TimeUnit.SECONDS);
            run.run(Phase.LIST);
            List<String> differences = run.finish().differences();
            assertTrue(
                    differences.stream().anyMatch(text -> text.startsWith("a list holds what nobody wrote")),
                    differences::toString);
            assertTrue(differences.stream().anyMatch(text -> text.endsWith("events too many")), differences::toString);
        }
    }
}
