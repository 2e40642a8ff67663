package io.stele.gateway;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The etcd that is installed on this machine, for comparison. */
final class EtcdProcess implements AutoCloseable {
    private final Process process;
    private final ManagedChannel channel;

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

    EtcdProcess(Path directory) throws IOException {
        int port = freePort();
        String peers = "http://127.0.0.1:" + freePort();
        String clients = "http://127.0.0.1:" + port;
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
                        "default=" + peers)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("etcd.log").toFile())
                .start();
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    ManagedChannel channel() {
        return channel;
    }

    @Override
    public void close() {
        channel.shutdownNow();
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
