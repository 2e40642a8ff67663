package io.stele.server.cli;

import io.stele.server.Server;
import io.stele.server.config.AutoCompaction;
import io.stele.server.config.ClusterConfig;
import io.stele.server.config.FaceConfig;
import io.stele.server.config.ListenUrl;
import io.stele.server.config.ServerConfig;
import io.stele.server.config.ThreadingMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * Starts a node in a temporary directory, sends it the first requests of other protocols, and stops it, so that the JVM
 * can archive the classes of a start; run once by {@code bin/stele} after each build.
 */
@Command(name = "rehearse", hidden = true, description = "Starts and stops a node; for preparing fast starts.")
final class RehearseCommand implements Callable<Integer> {
    private static final int SEGMENT_BYTES = 4 * 1024 * 1024;

    @Override
    public Integer call() throws IOException {
        Path directory = Files.createTempDirectory("stele-rehearsal");
        try {
            List<ListenUrl> anyPort = List.of(new ListenUrl("127.0.0.1", 0));
            ServerConfig config = new ServerConfig(
                    "rehearsal",
                    directory,
                    anyPort,
                    anyPort,
                    ClusterConfig.alone("rehearsal", "rehearsal"),
                    100,
                    1000,
                    ServerConfig.MAX_REQUEST_BYTES_DEFAULT,
                    ServerConfig.MAX_TXN_OPS_DEFAULT,
                    ServerConfig.CHECKPOINT_BYTES_DEFAULT,
                    SEGMENT_BYTES,
                    -1,
                    0,
                    ThreadingMode.SHARED,
                    AutoCompaction.OFF,
                    ServerConfig.WATCH_PROGRESS_NOTIFY_MS_DEFAULT,
                    FaceConfig.DEFAULT,
                    "error");
            try (Server server = Server.launch(config, (agent, cause) -> {
                throw new IllegalStateException(agent + " failed", cause);
            })) {
                FirstRequests.send(server.clientUrls().get(0).port());
            }
        } finally {
            deleteTree(directory);
        }
        return 0;
    }

    private static void deleteTree(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
