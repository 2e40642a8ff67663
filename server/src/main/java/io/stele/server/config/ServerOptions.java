package io.stele.server.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The server's flags. A value comes from the command line, else from the environment ({@code STELE_NAME} for
 * {@code --name}), else from {@code --config-file}, else from the default.
 */
public final class ServerOptions {
    private static final String ENVIRONMENT_PREFIX = "STELE_";

    @Option(names = "--name", defaultValue = "default", description = "Human-readable name of this member.")
    private String name;

    @Option(
            names = "--data-dir",
            defaultValue = "stele.data",
            description = "Directory of everything durable (default: ${DEFAULT-VALUE}).")
    private Path dataDirectory;

    @Option(
            names = "--listen-client-urls",
            defaultValue = "http://127.0.0.1:2379",
            description = "Comma-separated URLs to listen on for clients (default: ${DEFAULT-VALUE}).")
    private String listenClientUrls;

    @Option(
            names = "--advertise-client-urls",
            description = "Comma-separated URLs that clients are told (default: those listened on).")
    private String advertiseClientUrls;

    @Mixin
    private final ClusterOptions cluster = new ClusterOptions();

    @Option(
            names = "--heartbeat-interval",
            defaultValue = "50",
            description = "Milliseconds of a heartbeat interval (default: ${DEFAULT-VALUE}).")
    private int heartbeatIntervalMs;

    @Option(
            names = "--election-timeout",
            defaultValue = "250",
            description =
                    "A follower campaigns after one to two times as many milliseconds (default: ${DEFAULT-VALUE}).")
    private int electionTimeoutMs;

    @Mixin
    private final FaceOptions faces = new FaceOptions();

    @Option(
            names = "--max-request-bytes",
            defaultValue = "1572864",
            description = "Largest request accepted, in bytes (default: ${DEFAULT-VALUE}).")
    private int maxRequestBytes;

    @Option(
            names = "--max-txn-ops",
            defaultValue = "128",
            description = "Most operations in one branch of a transaction (default: ${DEFAULT-VALUE}).")
    private int maxTxnOps;

    @Option(
            names = "--auto-compaction-mode",
            defaultValue = "periodic",
            description = "What --auto-compaction-retention counts: periodic or revision (default: ${DEFAULT-VALUE}).")
    private String autoCompactionMode;

    @Option(
            names = "--auto-compaction-retention",
            defaultValue = "0",
            description = "History that is kept: hours or a time like 30m (periodic), or revisions (revision);"
                    + " 0 keeps all (default: ${DEFAULT-VALUE}).")
    private String autoCompactionRetention;

    @Option(
            names = "--watch-progress-notify-interval",
            defaultValue = "10m",
            description = "A watch that asked for it is told how far it is after so long without an event, such as 5s"
                    + " (default: ${DEFAULT-VALUE}).")
    private String watchProgressNotifyInterval;

    @Option(
            names = "--checkpoint-bytes",
            defaultValue = "67108864",
            description = "Log bytes after which a checkpoint is written (default: ${DEFAULT-VALUE}).")
    private long checkpointBytes;

    @Option(
            names = "--wal-segment-bytes",
            defaultValue = "67108864",
            description = "Length of one write-ahead log file (default: ${DEFAULT-VALUE}).")
    private int walSegmentBytes;

    @Option(
            names = "--quota-backend-bytes",
            defaultValue = "-1",
            description = "Bytes of live data and history beyond which nothing is added; 0: 2 GiB, as etcd has it;"
                    + " negative: what the disk holds (default: ${DEFAULT-VALUE}).")
    private long quotaBackendBytes;

    @Option(
            names = "--io-threads",
            defaultValue = "0",
            description = "Threads that serve the network; 0: the node's own thread does (default: ${DEFAULT-VALUE}).")
    private int ioThreads;

    @Option(
            names = "--threading-mode",
            defaultValue = "SHARED",
            description = "SHARED for few cores, DEDICATED for cores to spare (default: ${DEFAULT-VALUE}).")
    private ThreadingMode threadingMode;

    @Option(
            names = "--log-level",
            defaultValue = "info",
            description = "One of debug, info, warn, error (default: ${DEFAULT-VALUE}).")
    private String logLevel;

    @Option(names = "--config-file", description = "YAML file with any of these flags as keys, without the dashes.")
    @SuppressWarnings("UnusedVariable") // here for the help and for unknown-flag checks; read before parsing
    private Path configFile;

    /** Checks everything. Throws {@link ConfigException} with one line that says what to do. */
    public ServerConfig toConfig() {
        if (threadingMode == ThreadingMode.INVOKER) {
            throw new ConfigException("--threading-mode must be SHARED or DEDICATED: INVOKER is for embedding");
        }
        String level = logLevel.toLowerCase(Locale.ROOT);
        if (!level.matches("debug|info|warn|error")) {
            throw new ConfigException("--log-level must be one of debug, info, warn, error, got '" + logLevel + "'");
        }
        var listen = ListenUrl.parseList("--listen-client-urls", listenClientUrls);
        var advertise = advertiseClientUrls == null
                ? listen
                : ListenUrl.parseList("--advertise-client-urls", advertiseClientUrls);
        return new ServerConfig(
                name,
                dataDirectory,
                listen,
                advertise,
                cluster.toConfig(name),
                heartbeatIntervalMs,
                electionTimeoutMs,
                maxRequestBytes,
                maxTxnOps,
                checkpointBytes,
                walSegmentBytes,
                quotaBackendBytes == 0 ? ServerConfig.QUOTA_BACKEND_BYTES_OF_ZERO : quotaBackendBytes,
                ioThreads,
                threadingMode,
                AutoCompaction.parse(autoCompactionMode, autoCompactionRetention),
                watchProgressNotifyMs(),
                faces.toConfig(),
                level);
    }

    private long watchProgressNotifyMs() {
        long ns = GoDuration.parseNs(watchProgressNotifyInterval);
        if (ns < 0) {
            throw new ConfigException("--watch-progress-notify-interval must be a time such as 10m or 5s, got '"
                    + watchProgressNotifyInterval + "'");
        }
        return ns == 0
                ? ServerConfig.WATCH_PROGRESS_NOTIFY_MS_DEFAULT
                : Math.max(TimeUnit.NANOSECONDS.toMillis(ns), ServerConfig.WATCH_PROGRESS_NOTIFY_MS_MIN);
    }

    /** Where picocli finds values that are not on the command line. */
    public static CommandLine.IDefaultValueProvider defaults(Map<String, String> environment, String[] args) {
        Map<String, String> file = readConfigFile(configFileNamed(environment, args));
        return argument -> {
            if (!(argument instanceof CommandLine.Model.OptionSpec option)) {
                return null;
            }
            String flag = option.longestName().substring(2);
            String variable = ENVIRONMENT_PREFIX + flag.toUpperCase(Locale.ROOT).replace('-', '_');
            String fromEnvironment = environment.get(variable);
            return fromEnvironment != null ? fromEnvironment : file.get(flag);
        };
    }

    private static String configFileNamed(Map<String, String> environment, String[] args) {
        for (int i = 0; i < args.length; i++) {
            if (args[i].startsWith("--config-file=")) {
                return args[i].substring("--config-file=".length());
            }
            if (args[i].equals("--config-file") && i + 1 < args.length) {
                return args[i + 1];
            }
        }
        return environment.get(ENVIRONMENT_PREFIX + "CONFIG_FILE");
    }

    private static Map<String, String> readConfigFile(String path) {
        Map<String, String> values = new TreeMap<>();
        if (path == null) {
            return values;
        }
        Object document;
        try (Reader reader = Files.newBufferedReader(Path.of(path))) {
            document = new Yaml(new SafeConstructor(new LoaderOptions())).load(reader);
        } catch (IOException e) {
            throw new ConfigException("--config-file: cannot read '" + path + "'");
        } catch (YAMLException e) {
            throw new ConfigException("--config-file: '" + path + "' is not YAML: "
                    + e.getMessage().lines().findFirst().orElse(""));
        }
        if (!(document instanceof Map<?, ?> map)) {
            throw new ConfigException("--config-file: '" + path + "' must hold one flag and its value a line");
        }
        CommandLine.Model.CommandSpec known = CommandLine.Model.CommandSpec.forAnnotatedObject(new ServerOptions());
        map.forEach((key, value) -> {
            if (known.findOption("--" + key) == null
                    && !EtcdFlags.isKnown(String.valueOf(key))
                    && !"log-format".equals(key)) {
                throw new ConfigException("--config-file: '" + path + "' sets '" + key + "', which is no flag");
            }
            if (value instanceof Map || value instanceof List) {
                throw new ConfigException("--config-file: '" + path + "' gives '" + key + "' more than one value");
            }
            if (value != null) { // a key with nothing behind it sets nothing
                values.put(String.valueOf(key), String.valueOf(value));
            }
        });
        return values;
    }
}
