package io.stele.server.config;

import io.stele.transport.client.FaceSettings;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/** The flags of etcd's API, over gRPC and over HTTP. */
final class FaceOptions {
    /** What gRPC does by itself where etcd leaves it alone. */
    private static final long GRPC_KEEPALIVE_MIN_MS = TimeUnit.MINUTES.toMillis(5);

    @Option(
            names = "--listen-client-http-urls",
            description = "Comma-separated URLs to listen on for HTTP/1.1 alone; it is not served at"
                    + " --listen-client-urls then.")
    private String listenHttpUrls;

    @Option(
            names = "--listen-metrics-urls",
            description = "Comma-separated URLs to listen on for /metrics, /health, /livez and /readyz alone.")
    private String listenMetricsUrls;

    @Option(
            names = "--max-concurrent-streams",
            defaultValue = "10000",
            description = "Calls that a gRPC connection may have open at once (default: ${DEFAULT-VALUE}).")
    private long maxConcurrentStreams;

    @Option(
            names = "--grpc-keepalive-min-time",
            defaultValue = "5s",
            description = "A gRPC client that pings more often than this is cut off (default: ${DEFAULT-VALUE}).")
    private String keepaliveMinTime;

    @Option(
            names = "--grpc-keepalive-interval",
            defaultValue = "2h",
            description = "A gRPC connection that is silent so long is pinged; 0: as gRPC does by itself"
                    + " (default: ${DEFAULT-VALUE}).")
    private String keepaliveInterval;

    @Option(
            names = "--grpc-keepalive-timeout",
            defaultValue = "20s",
            description = "And closed when it has not answered after so long (default: ${DEFAULT-VALUE}).")
    private String keepaliveTimeout;

    @Option(
            names = "--bcrypt-cost",
            defaultValue = "10",
            description = "Work that goes into the hash of a password; each step doubles it"
                    + " (default: ${DEFAULT-VALUE}).")
    private int bcryptCost;

    @Option(
            names = "--enable-v2",
            arity = "0..1",
            defaultValue = "false",
            fallbackValue = "true",
            description = "Serve etcd's API of version 2 (/v2/keys), too (default: ${DEFAULT-VALUE}).")
    private boolean enableV2;

    FaceConfig toConfig() {
        if (maxConcurrentStreams < 1) {
            throw new ConfigException("--max-concurrent-streams must be positive, got " + maxConcurrentStreams);
        }
        long minMs = millis("--grpc-keepalive-min-time", keepaliveMinTime);
        long intervalMs = millis("--grpc-keepalive-interval", keepaliveInterval);
        long timeoutMs = millis("--grpc-keepalive-timeout", keepaliveTimeout);
        boolean isLeftAlone = intervalMs == 0 || timeoutMs == 0;
        FaceSettings usual = FaceSettings.DEFAULT;
        FaceSettings settings = new FaceSettings(
                bcryptCost,
                enableV2,
                (int) Math.min(maxConcurrentStreams, Integer.MAX_VALUE),
                minMs == 0 ? GRPC_KEEPALIVE_MIN_MS : minMs,
                isLeftAlone ? usual.keepaliveIntervalMs() : intervalMs,
                isLeftAlone ? usual.keepaliveTimeoutMs() : timeoutMs);
        return new FaceConfig(
                settings,
                urls("--listen-client-http-urls", listenHttpUrls),
                urls("--listen-metrics-urls", listenMetricsUrls));
    }

    private static List<ListenUrl> urls(String flag, String text) {
        return text == null || text.isEmpty() ? List.of() : ListenUrl.parseList(flag, text);
    }

    /** Rounded up, so that what is not 0 stays that. */
    private static long millis(String flag, String text) {
        long ns = GoDuration.parseNs(text);
        if (ns < 0) {
            throw new ConfigException(flag + " must be a time such as 2h or 20s, got '" + text + "'");
        }
        long nsPerMs = TimeUnit.MILLISECONDS.toNanos(1);
        return ns / nsPerMs + (ns % nsPerMs == 0 ? 0 : 1);
    }
}
