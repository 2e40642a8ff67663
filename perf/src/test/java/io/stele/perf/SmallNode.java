package io.stele.perf;

import io.stele.server.config.AutoCompaction;
import io.stele.server.config.ClusterConfig;
import io.stele.server.config.FaceConfig;
import io.stele.server.config.ListenUrl;
import io.stele.server.config.ServerConfig;
import io.stele.server.config.ThreadingMode;
import java.nio.file.Path;
import java.util.List;

/** A whole node in the test's own process, alone, on free ports, with short logs and checkpoints often. */
public final class SmallNode {
    private SmallNode() {}

    public static ServerConfig config(Path directory) {
        return config(directory, new ListenUrl("127.0.0.1", 0));
    }

    /** The same, listening there. */
    public static ServerConfig config(Path directory, ListenUrl address) {
        List<ListenUrl> urls = List.of(address);
        return new ServerConfig(
                "test",
                directory,
                urls,
                urls,
                ClusterConfig.alone("test", "test"),
                100,
                1000,
                ServerConfig.MAX_REQUEST_BYTES_DEFAULT,
                ServerConfig.MAX_TXN_OPS_DEFAULT,
                1024 * 1024,
                4 * 1024 * 1024,
                0,
                0,
                ThreadingMode.SHARED,
                AutoCompaction.OFF,
                ServerConfig.WATCH_PROGRESS_NOTIFY_MS_DEFAULT,
                FaceConfig.DEFAULT,
                "warn");
    }
}
