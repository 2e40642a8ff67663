package io.stele.client.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.client.FakeServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands over a real connection. */
final class ClientStoreTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String endpoints, String input, String... words) {
        out.reset();
        err.reset();
        Console console = new Console(new ByteArrayInputStream(Octets.bytes(input)), out, err);
        List<String> all = new ArrayList<>(List.of(words));
        all.add(0, "--endpoints=" + endpoints);
        return Cli.run(all, new CliContext(Map.of(), console, ClientStore::new, ns -> {}));
    }

    private String out() {
        return Octets.of(out.toByteArray());
    }

    private String err() {
        return Octets.of(err.toByteArray());
    }

    @Test
    void shouldSpeakToAServer() {
        try (FakeServer server = new FakeServer()) {
            String endpoint = server.endpoint();
            assertEquals(0, run(endpoint, "", "put", "k\u00ff", "v\0", "--prev-kv"));
            assertEquals("OK\n", out());
            assertEquals(0, run(endpoint, "", "put", "k\u00ff", "w", "--prev-kv"));
            assertEquals("OK\nk\u00ff\nv\0\n", out());
            assertEquals(0, run(endpoint, "", "get", "k", "--prefix", "-w", "json"));
            assertEquals(
                    "{'header':{'cluster_id':77,'member_id':5,'revision':3,'raft_term':2},'kvs':[{'key':'a/8=',"
                            + "'create_revision':2,'mod_revision':3,'version':4,'value':'dw=='}],'count':1}\n",
                    out().replace('"', '\''));
            assertEquals(0, run(endpoint, "\nget k --prefix\ndel k --prefix --prev-kv\n\n\n", "txn"));
            assertEquals("SUCCESS\n\nk\u00ff\nw\n\n1\nk\u00ff\nw\n", out());
            assertEquals(0, run(endpoint, "", "endpoint", "status"));
            assertEquals(
                    endpoint + ", 5, 0.0.1, 1, 4.1 kB, 1.0 kB, 75%, 0 B, true, false, 2, 9, 8,"
                            + " etcdserver: no leader, NOSPACE, , false\n",
                    out());
            assertEquals("", err());
        }
    }

    @Test
    void shouldStreamLongRangesInOrder() {
        try (FakeServer server = new FakeServer()) {
            StringBuilder commands = new StringBuilder();
            StringBuilder expected = new StringBuilder();
            for (int i = 1000; i < 2500; i++) {
                commands.append("put ").append(i).append(" v").append(i).append('\n');
                expected.append(i).append("\nv").append(i).append('\n');
            }
            assertEquals(0, run(server.endpoint(), commands.toString(), "shell"));
            assertEquals(0, run(server.endpoint(), "", "get", "", "--prefix"));
            assertEquals(expected.toString(), out());
        }
    }

    @Test
    void shouldSayThatNoServerIsThere() throws IOException {
        int unused;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            unused = socket.getLocalPort();
        }
        String endpoint = "127.0.0.1:" + unused;
        assertEquals(1, run(endpoint, "", "get", "a", "--dial-timeout", "100ms"));
        assertEquals(
                "Error: cannot connect to " + endpoint
                        + ": connection refused; start a server there, or name another with --endpoints\n",
                err());
        assertEquals(1, run(endpoint, "", "endpoint", "health", "--dial-timeout", "100ms"));
        assertTrue(err().startsWith(endpoint + " is unhealthy: failed to commit proposal: cannot connect"), err());
        assertTrue(err().endsWith("\nError: unhealthy cluster\n"), err());
        assertEquals(2, run(endpoint, "", "lease", "list", "--dial-timeout", "100ms"));
        assertEquals(1, run("nohost", "", "endpoint", "status", "-w", "json", "--dial-timeout", "1ms"));
        assertEquals("null\n", out());
        assertEquals(1, run("https://127.0.0.1:1", "", "get", "a"));
        assertTrue(err().startsWith("Error: endpoint \"https://127.0.0.1:1\" is not host:port"), err());
    }

    @Test
    void shouldTakeBytesOfArgumentsFromTheKernel(@TempDir Path directory) throws IOException {
        Path commandLine = directory.resolve("cmdline");
        Files.write(commandLine, Octets.bytes("java\0-cp\0x\0Cli\0put\0k\u00ff\0\u00c3\u00a9\0"));
        String[] lost = {"put", "k\ufffd", "\ufffd\ufffd"};
        assertEquals(List.of("put", "k\u00ff", "\u00c3\u00a9"), List.of(Octets.arguments(lost, commandLine)));
        assertEquals(
                List.of("put", "\u00c3\u00a9"),
                List.of(Octets.arguments(new String[] {"put", "é"}, directory.resolve("absent"))));
    }
}
