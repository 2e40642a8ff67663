package io.stele.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.samples.LoadTree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SamplesTest {
    private static final int FILE_COUNT = 1500;

    @TempDir
    Path directory;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private int loadTree(String... args) {
        try {
            return LoadTree.run(new PrintStream(printed, true, UTF_8), args);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path tree() throws IOException {
        Random random = new Random(11);
        Path tree = directory.resolve("tree");
        for (int i = 0; i < FILE_COUNT; i++) {
            byte[] content = new byte[random.nextInt(50) == 0 ? random.nextInt(1 << 20) : random.nextInt(2000)];
            random.nextBytes(content);
            Path file = tree.resolve("d" + i % 7).resolve(i % 10 == 0 ? "a file % \u00e4 " + i : "file" + i);
            Files.createDirectories(file.getParent());
            Files.write(file, content);
        }
        Files.write(tree.resolve("too-long"), new byte[(1 << 20) + 1]);
        Files.createSymbolicLink(tree.resolve("link"), tree.resolve("too-long"));
        return tree;
    }

    @Test
    void shouldLoadATreeWhileTheServerIsRestartedAndFindEveryDifference() throws Exception {
        Path tree = tree();
        Path record = directory.resolve("acknowledged");
        TreeMap<Bytes, Bytes> store = new TreeMap<>();
        FakeServer server = new FakeServer(0, store);
        String endpoint = server.endpoint();
        int port = server.port();
        try {
            var loading = CompletableFuture.supplyAsync(
                    () -> loadTree("--endpoints", endpoint, "--acknowledged", record.toString(), tree.toString()));
            while (server.puts.get() < FILE_COUNT / 3) {
                Thread.onSpinWait();
            }
            server.close();
            server = new FakeServer(port, store);
            assertEquals(0, loading.get(), printed.toString(UTF_8));
            assertEquals(FILE_COUNT, store.size());
            assertEquals(FILE_COUNT, Files.readAllLines(record).size());
            assertEquals(0, loadTree("--endpoints", endpoint, "--verify", tree.toString()), printed.toString(UTF_8));
            String[] recorded = {"--endpoints", endpoint, "--verify", "--acknowledged", record.toString()};
            assertEquals(0, loadTree(recorded), printed.toString(UTF_8));

            Bytes key = store.firstKey();
            byte[] content = store.get(key).toArray();
            content[content.length / 2] ^= 1;
            store.put(key, Bytes.of(content));
            assertEquals(1, loadTree("--endpoints", endpoint, "--verify", tree.toString()));
            store.remove(key);
            assertEquals(1, loadTree(recorded));
            assertTrue(printed.toString(UTF_8).contains(": missing"), printed.toString(UTF_8));
        } finally {
            server.close();
        }
    }

    @Test
    void shouldExplainWrongArguments() {
        assertEquals(2, loadTree());
        assertEquals(2, loadTree("--what", directory.toString()));
        assertEquals(2, loadTree(directory.resolve("nowhere").toString()));
        assertTrue(printed.toString(UTF_8).contains("usage:"));
    }
}
