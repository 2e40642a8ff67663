package io.stele.perf.differential;

import io.stele.server.FreePorts;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The etcd that is installed on this machine, for comparison. */
final class EtcdProcess implements AutoCloseable {
    private final Process process;
    private final String endpoint;

    /** Whether there is one. */
    static boolean isInstalled() {
        String path = System.getenv("PATH");
        for (String directory : path == null ? new String[0] : path.split(File.pathSeparator, -1)) {
            if (Files.isExecutable(Path.of(directory, "etcd"))) {
                return true;
            }
        }
        return false;
    }

    /** Starts it with its data and its log below a directory; who calls waits for it to be ready. */
    EtcdProcess(Path directory, int bcryptCost) throws IOException {
        int[] ports = FreePorts.find(2);
        endpoint = "127.0.0.1:" + ports[0];
        String clients = "http://" + endpoint;
        String peers = "http://127.0.0.1:" + ports[1];
        process = new ProcessBuilder(
                        "etcd",
                        "--data-dir",
                        directory.resolve("etcd").toString(),
                        "--listen-client-urls",
                        clients,
                        "--advertise-client-urls",
                        clients,
                        "--listen-peer-urls",
                        peers,
                        "--initial-advertise-peer-urls",
                        peers,
                        "--initial-cluster",
                        "default=" + peers,
                        "--bcrypt-cost",
                        String.valueOf(bcryptCost))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("etcd.log").toFile())
                .start();
    }

    String endpoint() {
        return endpoint;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
