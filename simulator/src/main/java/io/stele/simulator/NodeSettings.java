package io.stele.simulator;

import io.stele.server.config.AutoCompaction;
import io.stele.server.config.ClusterConfig;
import io.stele.server.config.FaceConfig;
import io.stele.server.config.ListenUrl;
import io.stele.server.config.ServerConfig;
import io.stele.server.config.ThreadingMode;
import io.stele.server.node.NodeContext;
import io.stele.storage.page.PageStoreContext;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** How the simulated node is set up: everything small, so that what is rare in production happens all the time. */
public final class NodeSettings {
    public static final int MAX_REQUEST_BYTES = 64 * 1024;

    public int segmentBytes = 4096;
    public int spareSegments = 1;
    public int headerCount = 256;
    public int blockBytes = 512;
    public int pageBytes = 2048;
    public int valuePageBytes = 4096;
    public int pageRegionBytes = 256 * 1024;
    public long checkpointBytes = 8 * 1024;
    public long reserveBytes;
    public long ballastBytes;
    public int clientInFlightMax = 64;
    public long clientQueueBytes = 64 * 1024;

    public static NodeSettings draw(SplittableRandom random) {
        NodeSettings settings = new NodeSettings();
        settings.segmentBytes = 4096 << random.nextInt(4);
        settings.spareSegments = 1 + random.nextInt(3);
        settings.headerCount = 16 << random.nextInt(6);
        settings.blockBytes = 512 << random.nextInt(3);
        settings.pageBytes = settings.blockBytes << random.nextInt(3);
        settings.valuePageBytes = settings.blockBytes << random.nextInt(4);
        settings.pageRegionBytes = (256 * 1024) << random.nextInt(2);
        settings.checkpointBytes = Dice.logUniform(random, 500, 64 * 1024);
        settings.reserveBytes = random.nextBoolean() ? 0 : 4096 << random.nextInt(4);
        settings.clientInFlightMax = (int) Dice.logUniform(random, 1, 64);
        settings.clientQueueBytes = Dice.logUniform(random, 256, 256 * 1024);
        settings.ballastBytes = random.nextInt(3) == 0 ? 0 : 16_384L << random.nextInt(7);
        return settings;
    }

    public NodeContext tune(NodeContext context) {
        return context.config(config())
                .log(log ->
                        log.segmentLength(segmentBytes).headerCount(headerCount).spareSegmentMax(spareSegments))
                .pages(this::pages)
                .checkpointBytes(checkpointBytes)
                .reserveBytes(reserveBytes)
                .ballastBytes(ballastBytes);
    }

    private PageStoreContext pages(PageStoreContext pages) {
        for (int tree = 0; tree < PageStoreContext.TREE_COUNT; tree++) {
            pages.pageBytes(tree, tree == 1 ? valuePageBytes : pageBytes);
        }
        return pages.blockBytes(blockBytes).regionBytes(pageRegionBytes);
    }

    private static ServerConfig config() {
        ListenUrl url = ListenUrl.parse("--listen-client-urls", "http://127.0.0.1:2379");
        return new ServerConfig(
                "sim",
                Path.of("sim.data"),
                List.of(url),
                List.of(url),
                ClusterConfig.alone("sim", "simulation"),
                10,
                100,
                MAX_REQUEST_BYTES,
                ServerConfig.MAX_TXN_OPS_DEFAULT,
                ServerConfig.CHECKPOINT_BYTES_DEFAULT,
                ServerConfig.WAL_SEGMENT_BYTES_DEFAULT,
                0,
                1,
                ThreadingMode.INVOKER,
                AutoCompaction.OFF,
                ServerConfig.WATCH_PROGRESS_NOTIFY_MS_DEFAULT,
                FaceConfig.DEFAULT,
                "error");
    }
}
