package io.stele.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

final class ServerOptionsTest {
    @Command
    private static final class Holder {
        @Mixin
        private ServerOptions options;
    }

    private static ServerConfig parse(Map<String, String> environment, String... args) {
        Holder holder = new Holder();
        new CommandLine(holder)
                .setDefaultValueProvider(ServerOptions.defaults(environment, args))
                .parseArgs(args);
        return holder.options.toConfig();
    }

    @Test
    void shouldNeedNoArguments() {
        ServerConfig config = parse(Map.of());
        assertEquals("default", config.name());
        assertEquals(Path.of("stele.data"), config.dataDirectory());
        assertEquals(List.of(new ListenUrl("127.0.0.1", 2379)), config.listenClientUrls());
        assertEquals(config.listenClientUrls(), config.advertiseClientUrls());
        assertEquals(ServerConfig.MAX_REQUEST_BYTES_DEFAULT, config.maxRequestBytes());
    }

    @Test
    void shouldTakeTheProgressIntervalAsEtcdDoes() {
        assertEquals(600_000, parse(Map.of()).watchProgressNotifyMs());
        assertEquals(
                5_000, parse(Map.of(), "--watch-progress-notify-interval=5s").watchProgressNotifyMs());
        assertEquals(
                100, parse(Map.of(), "--watch-progress-notify-interval=1ms").watchProgressNotifyMs());
        assertEquals(
                600_000, parse(Map.of(), "--watch-progress-notify-interval=0").watchProgressNotifyMs());
    }

    @Test
    void shouldTakeTheFlagsOfEtcdsFaceAsEtcdDoes() {
        FaceConfig usual = parse(Map.of()).faces();
        assertEquals(FaceConfig.DEFAULT, usual);
        FaceConfig faces = parse(
                        Map.of("STELE_LISTEN_METRICS_URLS", "http://127.0.0.1:7001"),
                        "--listen-client-http-urls=http://127.0.0.1:7002,http://127.0.0.1:7003",
                        "--max-concurrent-streams=4294967295",
                        "--grpc-keepalive-min-time=0",
                        "--grpc-keepalive-interval=1m",
                        "--grpc-keepalive-timeout=1500us")
                .faces();
        assertEquals(List.of(new ListenUrl("127.0.0.1", 7001)), faces.listenMetricsUrls());
        assertEquals(2, faces.listenHttpUrls().size());
        assertEquals(Integer.MAX_VALUE, faces.settings().streamsMax());
        assertEquals(300_000, faces.settings().keepaliveMinMs());
        assertEquals(60_000, faces.settings().keepaliveIntervalMs());
        assertEquals(2, faces.settings().keepaliveTimeoutMs());
        FaceConfig leftAlone = parse(Map.of(), "--grpc-keepalive-interval=0").faces();
        assertEquals(usual.settings(), leftAlone.settings());
    }

    @Test
    void shouldTakeTheRulesForMembersAsEtcdDoes() {
        assertEquals(MemberRules.DEFAULT, parse(Map.of()).cluster().rules());
        assertEquals(
                new MemberRules(3, false),
                parse(Map.of(), "--max-learners=3", "--strict-reconfig-check=false")
                        .cluster()
                        .rules());
    }

    @Test
    void shouldPreferTheCommandLineToTheEnvironmentToTheFile(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("stele.yml");
        Files.writeString(file, "name: from-file\ndata-dir: /from/file\nmax-txn-ops: 256\n");
        ServerConfig config = parse(
                Map.of("STELE_NAME", "from-environment", "STELE_DATA_DIR", "/from/environment"),
                "--name=from-command-line",
                "--config-file",
                file.toString());
        assertEquals("from-command-line", config.name());
        assertEquals(Path.of("/from/environment"), config.dataDirectory());
        assertEquals(256, config.maxTxnOps());
    }

    @Test
    void shouldTakeAKeyOfAConfigFileWithNothingBehindItForUnset(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("stele.yml"), "name:\ninitial-cluster:\n");
        assertEquals("default", parse(Map.of(), "--config-file=" + file).name());
    }

    @Test
    void shouldRefuseAConfigFileWithUnknownKeysOrNoYaml(@TempDir Path directory) throws IOException {
        Path unknown = Files.writeString(directory.resolve("unknown.yml"), "nmae: x\n");
        Path lists = Files.writeString(directory.resolve("lists.yml"), "initial-cluster: [a, b]\n");
        Path broken = Files.writeString(directory.resolve("broken.yml"), "a: [1,\n");
        Path missing = directory.resolve("missing.yml");
        assertMessage("sets 'nmae', which is no flag", "--config-file=" + unknown);
        assertMessage("gives 'initial-cluster' more than one value", "--config-file=" + lists);
        assertMessage("is not YAML", "--config-file=" + broken);
        assertMessage("cannot read", "--config-file=" + missing);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--wal-segment-bytes=70000000 | --wal-segment-bytes must be a multiple of 4096",
                "--heartbeat-interval=500000000 | --election-timeout",
                "--listen-client-urls=127.0.0.1:2379 | --listen-client-urls",
                "--listen-client-urls=https://127.0.0.1:2379 | must start with http://",
                "--listen-client-urls=http://127.0.0.1 | must name a host and a port",
                "--listen-client-urls=http://127.0.0.1:99999 | must name a host and a port",
                "--listen-client-urls=http://127.0.0.1:1/x | must not contain a path",
                "--heartbeat-interval=0 | must be positive",
                "--watch-progress-notify-interval=often | must be a time such as 10m or 5s",
                "--election-timeout=240 | should be at least as 5 times as --heartbeat-interval",
                "--election-timeout=60000 | is too long",
                "--max-request-bytes=10 | --max-request-bytes must be between",
                "--max-txn-ops=0 | --max-txn-ops must be between",
                "--checkpoint-bytes=1 | --checkpoint-bytes must be at least",
                "--io-threads=-1 | --io-threads must be between",
                "--log-level=loud | --log-level must be one of",
                "--threading-mode=INVOKER | must be SHARED or DEDICATED",
                "--max-learners=0 | --max-learners must be positive",
                "--max-concurrent-streams=0 | --max-concurrent-streams must be positive",
                "--grpc-keepalive-interval=often | must be a time such as 2h or 20s",
                "--listen-metrics-urls=127.0.0.1:2379 | --listen-metrics-urls",
                "--listen-client-http-urls=https://127.0.0.1:2379 | must start with http://",
                "--bcrypt-cost=3 | --bcrypt-cost must be between",
            })
    void shouldSayInOneLineWhatIsWrong(String flag, String expected) {
        assertMessage(expected, flag);
    }

    private static void assertMessage(String expected, String... args) {
        String message =
                assertThrows(ConfigException.class, () -> parse(Map.of(), args)).getMessage();
        assertTrue(message.contains(expected), message);
        assertEquals(1, message.lines().count(), message);
    }

    @Test
    void shouldParseIpv6AndLists() {
        ServerConfig config = parse(Map.of(), "--listen-client-urls=http://[::1]:2379,http://localhost:0");
        assertEquals(List.of(new ListenUrl("::1", 2379), new ListenUrl("localhost", 0)), config.listenClientUrls());
        assertEquals("http://[::1]:2379", config.listenClientUrls().get(0).toString());
    }

    @Test
    void shouldTakeAutoCompactionAsEtcdWritesIt() {
        assertEquals(AutoCompaction.OFF, parse(Map.of()).autoCompaction());
        assertEquals(TimeUnit.HOURS.toNanos(5), retention("periodic", "5"));
        assertEquals(TimeUnit.MINUTES.toNanos(90), retention("periodic", "1.5h"));
        assertEquals(TimeUnit.SECONDS.toNanos(5430), retention("periodic", "1h30m30s"));
        assertEquals(1000, retention("revision", "1000"));
        assertMessage("--auto-compaction-mode must be", "--auto-compaction-mode=never");
        assertMessage("--auto-compaction-retention must be hours", "--auto-compaction-retention=-1");
        assertMessage("--auto-compaction-retention must be hours", "--auto-compaction-retention=5 minutes");
        assertMessage("a number of revisions", "--auto-compaction-mode=revision", "--auto-compaction-retention=5m");
    }

    private static long retention(String mode, String retention) {
        return parse(Map.of(), "--auto-compaction-mode=" + mode, "--auto-compaction-retention=" + retention)
                .autoCompaction()
                .retention();
    }
}
