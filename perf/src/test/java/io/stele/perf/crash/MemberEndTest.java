package io.stele.perf.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.client.ClientContext;
import io.stele.client.SteleClient;
import io.stele.perf.process.JvmProcess;
import io.stele.server.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that have no place in the cluster: each says so in a line and ends, and the cluster goes on. */
final class MemberEndTest {
    /** How a process has ended by itself. */
    private record Ended(int exitCode, String output) {}

    @TempDir
    private Path directory;

    private ClusterProcesses cluster;
    private SteleClient client;

    @BeforeEach
    void start() {
        cluster = new ClusterProcesses(directory, new MemberHosts(null), 3, List.of());
        client = SteleClient.connect(
                new ClientContext().endpoints(cluster.endpoint(0)).exactlyOnce(true));
    }

    @AfterEach
    void stop() {
        client.close();
        cluster.close();
    }

    private Ended runToEnd(Path data, int member, String peerUrl) throws IOException, InterruptedException {
        Path output = directory.resolve("ended.log");
        List<String> arguments =
                new ArrayList<>(List.of("--data-dir", data.toString(), "--listen-client-urls", "http://127.0.0.1:0"));
        arguments.addAll(cluster.flags(member, peerUrl));
        Process process = new ProcessBuilder(JvmProcess.command(List.of(), "io.stele.server.cli.Main", arguments))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> "it goes on: " + read(output));
        } finally {
            process.destroyForcibly();
        }
        return new Ended(process.exitValue(), read(output));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    @Test
    void shouldEndWhereAnotherProcessIsThisMember() throws Exception {
        client.kv().put("a", "1").join();
        assertEquals(0, cluster.node(2).stop());
        Path copy = directory.resolve("copy");
        copy(cluster.dataDirectory(2), copy);
        cluster.start(2);
        Ended clone = runToEnd(copy, 2, "http://127.0.0.1:" + FreePorts.find(1)[0]);
        assertEquals(1, clone.exitCode(), clone::output);
        assertTrue(clone.output().contains("another process is this member"), clone::output);
        assertTrue(cluster.node(2).isAlive());
        client.kv().put("a", "2").join();
    }

    @Test
    void shouldEndOnceItIsRemovedAndNotComeBack() throws Exception {
        client.kv().put("a", "1").join();
        client.cluster().remove(cluster.memberId(2)).join();
        assertEquals(0, cluster.node(2).awaitEnd());
        Ended again = runToEnd(cluster.dataDirectory(2), 2, cluster.peerUrl(2));
        assertEquals(1, again.exitCode(), again::output);
        assertTrue(again.output().contains("removed"), again::output);
        client.kv().put("a", "2").join();
    }
}
