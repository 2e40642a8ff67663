package io.stele.perf.cli;

import io.stele.perf.load.KeySpace;
import io.stele.perf.load.Phase;
import io.stele.perf.load.Scenario;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** What one run is: the options of put, range, txn, mixed and list, checked once by {@link #conclude}. */
final class LoadOptions {
    private static final int CLIENTS_MAX = 65_536;
    private static final int CONNECTIONS_DEFAULT = 8;
    private static final int OPEN_LOOP_CLIENTS_DEFAULT = 1024;
    private static final int VALUE_SIZE_MAX = 64 << 20;
    private static final int LOAD_SLOTS_MAX = 256;
    private static final int LOAD_BYTES_MAX = 64 << 20;
    private static final Duration DURATION_DEFAULT = Duration.ofSeconds(10);
    private static final Pattern ENDPOINT = Pattern.compile("(?:https?://)?([^/\\s,]+:\\d{1,5})/?");

    @Option(
            names = "--target",
            paramLabel = "stele|etcd",
            description = "What the endpoints speak. Default: ${DEFAULT-VALUE}")
    String target = "stele";

    @Option(
            names = "--endpoints",
            split = ",",
            paramLabel = "HOST:PORT",
            description = "Members, separated by commas. Default: ${DEFAULT-VALUE}")
    List<String> endpoints = List.of("127.0.0.1:2379");

    @Option(
            names = "--clients",
            paramLabel = "N",
            description = "Concurrent clients. Default: 1; with --rate " + OPEN_LOOP_CLIENTS_DEFAULT)
    int clients;

    @Option(
            names = "--connections",
            paramLabel = "N",
            description =
                    "Connections that the clients share. Default: " + CONNECTIONS_DEFAULT + ", or --clients if fewer")
    int connections;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            description = "Operations that each client keeps under way. Default: ${DEFAULT-VALUE}")
    int inFlight = 1;

    @Option(names = "--total", paramLabel = "N", description = "End after so many operations.")
    long total;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "End after this time: 500ms, 10s, 2m. Default: 10s, or unlimited with --total")
    Duration duration;

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Same load before it, not counted. Default: 3s")
    Duration warmUp = Duration.ofSeconds(3);

    @Option(
            names = "--rate",
            paramLabel = "N",
            description =
                    "Open loop: start so many operations per second, whatever the replies do; latencies count from "
                            + "when an operation was due. Default: closed loop, each client waits for its replies")
    long rate;

    @Option(
            names = "--value-size",
            paramLabel = "BYTES",
            converter = LengthConverter.class,
            description = "Default: ${DEFAULT-VALUE}")
    int valueSize = 256;

    @Option(
            names = "--key-size",
            paramLabel = "BYTES",
            converter = LengthConverter.class,
            description = "Default: ${DEFAULT-VALUE}")
    int keySize = 32;

    @Option(names = "--key-space", paramLabel = "N", description = "How many keys there are. Default: ${DEFAULT-VALUE}")
    long keySpace = 100_000;

    @Option(
            names = "--key-prefix",
            paramLabel = "TEXT",
            description = "What keys begin with. Default: bench/<value size>/<key space>/")
    String keyPrefix;

    @Option(names = "--sequential", description = "Keys in ascending order. Default: at random")
    boolean sequential;

    @Option(names = "--serializable", description = "Reads from any member's state. Default: linearizable")
    boolean serializable;

    @Option(names = "--read-ratio", paramLabel = "0..1", description = "Part of gets in a mixed load. Default: 0.8")
    Double readRatio;

    @Option(names = "--limit", paramLabel = "N", description = "Keys per list. Default: 0, the whole key space")
    long limit;

    @Option(names = "--no-load", description = "Take the key space as it is. Default: load it where keys are missing")
    boolean noLoad;

    @Option(
            names = "--io-threads",
            paramLabel = "N",
            description = "Threads that the client reads and writes with. Default: ${DEFAULT-VALUE}")
    int ioThreads = 1;

    @Option(names = "--seed", paramLabel = "N", description = "Of keys and values. Default: ${DEFAULT-VALUE}")
    long seed = 1;

    @Option(
            names = "--disk-dir",
            paramLabel = "DIR",
            description = "Also measure a bare write and fdatasync of --value-size bytes there, right after the run.")
    Path diskDir;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Write latency.hlog, summary.json and index.html there.")
    Path report;

    @Option(
            names = "--progress",
            paramLabel = "auto|always|never",
            description = "Live line. Default: ${DEFAULT-VALUE}")
    String progress = "auto";

    /** Checks the options together and fills in defaults that depend on others. Throws with the line to show. */
    void conclude(Scenario scenario) {
        require(
                target.equals("stele") || target.equals("etcd"),
                "--target must be stele or etcd, not '" + target + "'");
        require(
                List.of("auto", "always", "never").contains(progress),
                "--progress must be auto, always or never, not '" + progress + "'");
        endpoints = endpoints.stream().map(LoadOptions::endpoint).toList();
        between("--clients", clients, 0, CLIENTS_MAX);
        between("--in-flight", inFlight, 1, CLIENTS_MAX);
        between("--io-threads", ioThreads, 1, 64);
        between("--total", total, 0, Long.MAX_VALUE);
        between("--rate", rate, 0, 10_000_000);
        between("--value-size", valueSize, 0, VALUE_SIZE_MAX);
        between("--key-space", keySpace, 1, 1_000_000_000_000L);
        between("--limit", limit, 0, Long.MAX_VALUE);
        if (clients == 0) {
            clients = rate > 0 ? OPEN_LOOP_CLIENTS_DEFAULT : 1;
        }
        if (connections == 0) {
            connections = Math.min(clients, CONNECTIONS_DEFAULT);
        }
        between("--connections", connections, 1, clients);
        between("--clients times --in-flight", (long) clients * inFlight, 1, CLIENTS_MAX);
        require(duration == null || !duration.isZero(), "--duration must be above 0");
        if (duration == null && total == 0) {
            duration = DURATION_DEFAULT;
        }
        require(diskDir == null || Files.isDirectory(diskDir), "--disk-dir is not a directory: " + diskDir);
        require(readRatio == null || scenario == Scenario.MIXED, "--read-ratio goes with mixed only");
        readRatio = readRatio == null ? 0.8 : readRatio;
        require(readRatio >= 0 && readRatio <= 1, "--read-ratio must be between 0 and 1, not " + readRatio);
        require(limit == 0 || scenario == Scenario.LIST, "--limit goes with list only");
        require(!serializable || scenario.needsData(), "--serializable goes with reads only");
        concludeKeys();
    }

    private void concludeKeys() {
        if (keyPrefix == null) {
            keyPrefix = "bench/" + valueSize + "/" + keySpace + "/";
        }
        require(
                !keyPrefix.isEmpty() && keyPrefix.chars().allMatch(c -> c > ' ' && c < 127),
                "--key-prefix must be printable ASCII without spaces");
        int needed = KeySpace.lengthNeeded(keyPrefix, keySpace);
        require(
                keySize >= needed,
                "--key-size " + keySize + " is too small: '" + keyPrefix + "' and the number of a key need " + needed);
    }

    static String endpoint(String text) {
        var matcher = ENDPOINT.matcher(text);
        require(matcher.matches(), "--endpoints needs HOST:PORT, not '" + text + "'");
        String endpoint = matcher.group(1);
        int port = Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
        require(port > 0 && port < 65_536, "--endpoints needs a port from 1 to 65535, not '" + text + "'");
        return endpoint;
    }

    private static void between(String name, long number, long lowest, long highest) {
        require(
                number >= lowest && number <= highest,
                name + " must be "
                        + (highest == Long.MAX_VALUE ? lowest + " or more" : "between " + lowest + " and " + highest)
                        + ", not " + number);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    KeySpace keys() {
        return new KeySpace(keyPrefix, keySize, keySpace, valueSize, seed);
    }

    Phase measurePhase(Scenario scenario, KeySpace keys) {
        return new Phase(
                scenario,
                keys,
                clients * inFlight,
                total,
                duration == null ? 0 : duration.toNanos(),
                rate,
                sequential,
                serializable,
                readRatio,
                limit,
                seed);
    }

    Phase loadPhase(KeySpace keys) {
        int slots = Math.max(connections, Math.min(LOAD_SLOTS_MAX, LOAD_BYTES_MAX / Math.max(1, valueSize)));
        return Phase.load(keys, (int) Math.min(slots, keySpace), seed);
    }

    /** The load in words. */
    String describe() {
        List<String> words = new ArrayList<>();
        words.add(clients + (clients == 1 ? " client" : " clients") + " × " + inFlight + " in flight");
        words.add(connections + (connections == 1 ? " connection" : " connections"));
        words.add(rate > 0 ? "open loop at " + rate + "/s" : "closed loop");
        words.add(keySpace + " keys of " + keySize + " B");
        words.add("values of " + valueSize + " B");
        return String.join(", ", words);
    }

    /** For the report: every option that shapes the load. */
    Map<String, String> asMap() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("target", target);
        map.put("endpoints", String.join(",", endpoints));
        map.put("clients", String.valueOf(clients));
        map.put("connections", String.valueOf(connections));
        map.put("in-flight", String.valueOf(inFlight));
        map.put("io-threads", String.valueOf(ioThreads));
        map.put("total", String.valueOf(total));
        map.put("duration", duration == null ? "" : duration.toMillis() + "ms");
        map.put("warm-up", warmUp.toMillis() + "ms");
        map.put("rate", String.valueOf(rate));
        map.put("value-size", String.valueOf(valueSize));
        map.put("key-size", String.valueOf(keySize));
        map.put("key-space", String.valueOf(keySpace));
        map.put("key-prefix", keyPrefix);
        map.put("sequential", String.valueOf(sequential));
        map.put("serializable", String.valueOf(serializable));
        map.put("read-ratio", String.valueOf(readRatio));
        map.put("limit", String.valueOf(limit));
        map.put("seed", String.valueOf(seed));
        return map;
    }
}
