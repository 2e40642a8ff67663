package io.stele.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Whoever says something in this process says it in JSON, if that is what was asked for. */
@Timeout(120)
class JsonConsoleTest {
    private static final String LINE = "\\{\"level\":\"[a-z]+\",\"ts\":\"[^\"]+\",\"caller\":\"[^\"]+\","
            + "\"msg\":\"(?:[^\"\\\\]|\\\\.)*\"(?:,\"error\":\"(?:[^\"\\\\]|\\\\.)*\")?}";

    /** A process of its own: it talks in all the ways in which libraries do. */
    public static final class Talker {
        private Talker() {}

        public static void main(String[] args) throws InterruptedException {
            LogSetup.json();
            RuntimeException cause = new IllegalStateException("a \"cause\"\nof two lines");
            LoggerFactory.getLogger("io.netty.channel.AbstractChannel").warn("from Netty", cause);
            LoggerFactory.getLogger("io.netty.bootstrap.ServerBootstrap").warn("of no interest", cause);
            java.util.logging.Logger.getLogger("io.grpc.netty").log(Level.SEVERE, "from gRPC", cause);
            java.util.logging.Logger.getLogger("io.grpc.netty").info("of no interest");
            cause.printStackTrace();
            java.util.logging.Logger.getLogger("net.openhft").warning("from Chronicle");
            Thread thread = new Thread(() -> {
                throw new IllegalStateException("from a thread");
            });
            thread.start();
            thread.join();
        }
    }

    @Test
    void shouldPrintNothingButJson() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Talker.class.getName())
                .redirectErrorStream(true)
                .start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), UTF_8)
                .lines()
                .toList();
        assertEquals(0, process.waitFor());
        for (String line : lines) {
            assertTrue(line.matches(LINE), line);
        }
        for (String said : List.of("from Netty", "from gRPC", "from Chronicle", "from a thread", "of two lines")) {
            assertTrue(lines.stream().anyMatch(line -> line.contains(said)), said + " in " + lines);
        }
        assertTrue(lines.stream().noneMatch(line -> line.contains("of no interest")), lines::toString);
    }
}
