package io.stele.server.config;

import java.nio.file.Path;
import java.util.List;

/**
 * What an operator may decide about a node, checked: a value of this type is usable as it is.
 *
 * @param name this member's name, unique in its cluster
 * @param dataDirectory where everything durable lives
 * @param listenClientUrls where clients connect to
 * @param advertiseClientUrls what clients are told
 * @param cluster who else there is at the beginning, and where members listen for each other
 * @param heartbeatIntervalMs length of a tick
 * @param electionTimeoutMs how long a follower waits for its leader
 * @param maxRequestBytes refuse requests beyond
 * @param maxTxnOps refuse transactions with more operations in one branch
 * @param checkpointBytes write-ahead log bytes after which the page store is checkpointed
 * @param walSegmentBytes length of one write-ahead log file
 * @param quotaBackendBytes live data and history beyond which nothing is added; 0 or less: no limit
 * @param ioThreads threads that serve the network; 0: the node's own thread does
 * @param threadingMode how the agents are spread over threads
 * @param autoCompaction when history is given up by itself
 * @param watchProgressNotifyMs a watch that wants it is told how far it is after so long without an event
 * @param faces what the faces of other protocols need to know
 * @param logLevel least severe level that is logged
 */
public record ServerConfig(
        String name,
        Path dataDirectory,
        List<ListenUrl> listenClientUrls,
        List<ListenUrl> advertiseClientUrls,
        ClusterConfig cluster,
        int heartbeatIntervalMs,
        int electionTimeoutMs,
        int maxRequestBytes,
        int maxTxnOps,
        long checkpointBytes,
        int walSegmentBytes,
        long quotaBackendBytes,
        int ioThreads,
        ThreadingMode threadingMode,
        AutoCompaction autoCompaction,
        long watchProgressNotifyMs,
        FaceConfig faces,
        String logLevel) {

    public static final int MAX_REQUEST_BYTES_DEFAULT = 1536 * 1024;
    public static final int MAX_REQUEST_BYTES_MAX = 8 * 1024 * 1024;
    public static final int MAX_TXN_OPS_DEFAULT = 128;
    public static final int MAX_TXN_OPS_MAX = 16 * 1024;
    public static final long CHECKPOINT_BYTES_DEFAULT = 64L * 1024 * 1024;
    public static final int WAL_SEGMENT_BYTES_DEFAULT = 64 * 1024 * 1024;
    public static final int WAL_SEGMENT_BYTES_MAX = 512 * 1024 * 1024;
    public static final int WAL_SEGMENT_STEP = 4096;
    /** etcd's: what 0 stands for on the command line. */
    public static final long QUOTA_BACKEND_BYTES_OF_ZERO = 2L * 1024 * 1024 * 1024;

    public static final int ELECTION_TIMEOUT_MS_MAX = 50_000;
    public static final long WATCH_PROGRESS_NOTIFY_MS_DEFAULT = 600_000;
    public static final long WATCH_PROGRESS_NOTIFY_MS_MIN = 100;

    public ServerConfig {
        listenClientUrls = List.copyOf(listenClientUrls);
        advertiseClientUrls = List.copyOf(advertiseClientUrls);
        require(!name.isBlank(), "--name must not be empty");
        require(!listenClientUrls.isEmpty(), "--listen-client-urls must name at least one URL");
        cluster.checkFor(name);
        require(heartbeatIntervalMs > 0, "--heartbeat-interval must be positive, got " + heartbeatIntervalMs);
        require(
                electionTimeoutMs >= 5L * heartbeatIntervalMs,
                "--election-timeout[" + electionTimeoutMs + "ms] should be at least as 5 times as --heartbeat-interval["
                        + heartbeatIntervalMs + "ms]");
        require(
                electionTimeoutMs <= ELECTION_TIMEOUT_MS_MAX,
                "--election-timeout[" + electionTimeoutMs + "ms] is too long, and should be set less than "
                        + ELECTION_TIMEOUT_MS_MAX + "ms");
        require(
                maxRequestBytes >= 1024 && maxRequestBytes <= MAX_REQUEST_BYTES_MAX,
                "--max-request-bytes must be between 1024 and " + MAX_REQUEST_BYTES_MAX + ", got " + maxRequestBytes);
        require(
                maxTxnOps >= 1 && maxTxnOps <= MAX_TXN_OPS_MAX,
                "--max-txn-ops must be between 1 and " + MAX_TXN_OPS_MAX + ", got " + maxTxnOps);
        require(
                walSegmentBytes >= 2L * (maxRequestBytes + 64 * 1024),
                "--wal-segment-bytes must hold two requests of --max-request-bytes, got " + walSegmentBytes);
        require(
                walSegmentBytes % WAL_SEGMENT_STEP == 0 && walSegmentBytes <= WAL_SEGMENT_BYTES_MAX,
                "--wal-segment-bytes must be a multiple of " + WAL_SEGMENT_STEP + " and at most "
                        + WAL_SEGMENT_BYTES_MAX + ", got " + walSegmentBytes);
        require(
                checkpointBytes >= 1024 * 1024,
                "--checkpoint-bytes must be at least 1048576 (1 MiB), got " + checkpointBytes);
        require(
                watchProgressNotifyMs >= WATCH_PROGRESS_NOTIFY_MS_MIN,
                "--watch-progress-notify-interval must be at least " + WATCH_PROGRESS_NOTIFY_MS_MIN + "ms, got "
                        + watchProgressNotifyMs + "ms");
        require(ioThreads >= 0 && ioThreads <= 64, "--io-threads must be between 0 and 64, got " + ioThreads);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new ConfigException(message);
        }
    }
}
