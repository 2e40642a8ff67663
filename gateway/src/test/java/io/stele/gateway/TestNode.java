package io.stele.gateway;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.stele.server.Server;
import io.stele.server.config.ServerOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/** A real node on any port, and gRPC channels to it. */
final class TestNode implements AutoCloseable {
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final Server server;

    TestNode(Path directory, String... flags) {
        List<String> arguments = new ArrayList<>(List.of(
                "--data-dir",
                directory.resolve("data").toString(),
                "--listen-client-urls",
                "http://127.0.0.1:0",
                "--wal-segment-bytes",
                "8388608",
                "--log-level",
                "error"));
        arguments.addAll(List.of(flags));
        ServerOptions options = new ServerOptions();
        new CommandLine(options)
                .setDefaultValueProvider(ServerOptions.defaults(Map.of(), new String[0]))
                .parseArgs(arguments.toArray(String[]::new));
        server = Server.launch(options.toConfig(), (agent, cause) -> {
            throw new IllegalStateException(agent + " failed", cause);
        });
    }

    int port() {
        return server.clientUrls().get(0).port();
    }

    int httpPort() {
        return server.httpUrls().get(0).port();
    }

    int metricsPort() {
        return server.metricsUrls().get(0).port();
    }

    ManagedChannel channel() {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port())
                .usePlaintext()
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .build();
        channels.add(channel);
        return channel;
    }

    @Override
    public void close() {
        for (ManagedChannel channel : channels) {
            channel.shutdownNow();
        }
        for (ManagedChannel channel : channels) {
            try {
                channel.awaitTermination(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        server.close();
    }
}
