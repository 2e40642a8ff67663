package io.stele.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.server.config.ConfigException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalClusterTest {
    @TempDir
    private Path directory;

    @Test
    void shouldStartMembersAndStopThemAndFindThemAgain() throws IOException {
        String endpoints;
        List<String> log = new CopyOnWriteArrayList<>();
        try (LocalCluster cluster = new LocalCluster(directory, 2, log::add)) {
            assertTrue(cluster.start(), () -> String.join("\n", log));
            endpoints = cluster.endpoints();
            for (String endpoint : endpoints.split(",", -1)) {
                int port = Integer.parseInt(endpoint.substring(endpoint.indexOf(':') + 1));
                try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
                }
            }
        }
        for (String name : List.of("m1", "m2")) {
            assertTrue(
                    log.stream().anyMatch(line -> line.matches(name + " \\| \\d\\d:\\d\\d:\\d\\d ready to serve.*")));
            assertTrue(log.stream().anyMatch(line -> line.matches(name + " \\| \\d\\d:\\d\\d:\\d\\d stopped")));
        }
        assertEquals(endpoints, new LocalCluster(directory, 2, log::add).endpoints());
        ConfigException e = assertThrows(ConfigException.class, () -> new LocalCluster(directory, 3, log::add));
        assertTrue(e.getMessage().endsWith("holds a cluster of 2 members, not 3"), e.getMessage());
    }

    @Test
    void shouldRefuseANumberOfMembersThatMakesNoSense() {
        assertThrows(ConfigException.class, () -> new LocalCluster(directory, 0, line -> {}));
        assertThrows(ConfigException.class, () -> new LocalCluster(directory, 8, line -> {}));
    }
}
