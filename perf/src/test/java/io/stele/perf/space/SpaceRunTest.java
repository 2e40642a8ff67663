package io.stele.perf.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.perf.SmallNode;
import io.stele.perf.load.KeySpace;
import io.stele.perf.load.LoadRunner;
import io.stele.perf.load.PhaseListener;
import io.stele.perf.load.Target;
import io.stele.perf.target.Targets;
import io.stele.server.Server;
import io.stele.server.config.ServerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The space run against a whole node: no timing decides here, only that space comes back at all. */
@Timeout(300)
final class SpaceRunTest {
    @TempDir
    private Path directory;

    @Test
    void shouldSeeANodeGiveSpaceBackWithoutACommand() throws Exception {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        ServerConfig config = SmallNode.config(directory);
        KeySpace keys = new KeySpace("space/", 32, 5_000, 1024, 1);
        List<String> lines = new ArrayList<>();
        try (Server server = Server.launch(config, (agent, cause) -> failure.compareAndSet(null, cause));
                Target target = Targets.open(
                        "stele", List.of(endpoint(server.clientUrls().get(0).toString())), 2, 1);
                LoadRunner runner = new LoadRunner(target, 2)) {
            // The page file never has less than a region of 8 MiB, 16 times what is live here.
            var plan = new SpaceRun.Plan(directory, 8, 64, 5, 40, 240, 1);
            SpaceRun.Outcome outcome = new SpaceRun(target, runner, keys, plan, PhaseListener.NONE, lines::add).run();
            assertTrue(outcome.reached(), String.join("\n", lines));
        }
        assertEquals(null, failure.get());
        assertEquals(
                10,
                lines.stream().filter(line -> line.contains("operations in")).count());
    }

    private static String endpoint(String url) {
        return url.replace("http://", "");
    }

    @Test
    void shouldTellLogSegmentsFromOtherFiles() throws Exception {
        Files.createDirectories(directory.resolve("member/wal"));
        Files.write(directory.resolve("pages"), new byte[1000]);
        Files.write(directory.resolve("wal.headers"), new byte[500]);
        Files.write(directory.resolve("wal-1.log"), new byte[100]);
        Files.write(directory.resolve("wal-2.log"), new byte[120]);
        Files.write(directory.resolve("member/wal/0.tmp"), new byte[110]);
        Files.write(directory.resolve("ballast"), new byte[70]);
        assertEquals(new DirectoryLength(1900, 730, 70), DirectoryLength.of(directory));
        assertEquals(1100, DirectoryLength.of(directory).withoutFixed());
    }
}
