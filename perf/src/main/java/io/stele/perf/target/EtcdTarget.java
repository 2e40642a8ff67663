package io.stele.perf.target;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.stele.gateway.etcdserverpb.CompactionRequest;
import io.stele.gateway.etcdserverpb.KVGrpc;
import io.stele.gateway.etcdserverpb.MaintenanceGrpc;
import io.stele.gateway.etcdserverpb.StatusRequest;
import io.stele.perf.load.BenchException;
import io.stele.perf.load.Session;
import io.stele.perf.load.Target;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * etcd through plain grpc-java stubs: one channel, so one TCP connection, per session; replies are handled on the event
 * loop that read them, without an executor between; windows wide enough that flow control does not pace a large list.
 */
final class EtcdTarget implements Target {
    private static final int FLOW_CONTROL_WINDOW = 8 << 20;
    private static final long ANSWER_MAX_SECONDS = 5;
    private static final long COMPACTED_MAX_SECONDS = 60;

    private final List<String> endpoints;
    private final EventLoopGroup eventLoops;
    private int connectionCount;

    EtcdTarget(List<String> endpoints, int ioThreads) {
        this.endpoints = endpoints;
        this.eventLoops = Epoll.isAvailable() ? new EpollEventLoopGroup(ioThreads) : new NioEventLoopGroup(ioThreads);
    }

    @Override
    public String describe() {
        StatusRuntimeException refused = null;
        for (String endpoint : endpoints) {
            ManagedChannel channel = channel(endpoint);
            try {
                String version = MaintenanceGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(ANSWER_MAX_SECONDS, TimeUnit.SECONDS)
                        .status(StatusRequest.getDefaultInstance())
                        .getVersion();
                return "etcd " + version;
            } catch (StatusRuntimeException e) {
                refused = e;
            } finally {
                channel.shutdownNow();
            }
        }
        throw new BenchException(
                "no etcd answers at " + String.join(",", endpoints) + ": " + EtcdSession.reason(refused), refused);
    }

    @Override
    public Session connect() {
        return new EtcdSession(channel(endpoints.get(connectionCount++ % endpoints.size())));
    }

    @Override
    public void compact() {
        ManagedChannel channel = channel(endpoints.get(0));
        try {
            long revision = MaintenanceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(COMPACTED_MAX_SECONDS, TimeUnit.SECONDS)
                    .status(StatusRequest.getDefaultInstance())
                    .getHeader()
                    .getRevision();
            var unused = KVGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(COMPACTED_MAX_SECONDS, TimeUnit.SECONDS)
                    .compact(
                            CompactionRequest.newBuilder().setRevision(revision).build());
        } catch (StatusRuntimeException e) {
            throw new BenchException("cannot compact: " + EtcdSession.reason(e), e);
        } finally {
            channel.shutdownNow();
        }
    }

    private ManagedChannel channel(String endpoint) {
        int colon = endpoint.lastIndexOf(':');
        return NettyChannelBuilder.forAddress(
                        endpoint.substring(0, colon), Integer.parseInt(endpoint.substring(colon + 1)))
                .usePlaintext()
                .directExecutor()
                .eventLoopGroup(eventLoops)
                .channelType(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
                .flowControlWindow(FLOW_CONTROL_WINDOW)
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .disableRetry()
                .build();
    }

    @Override
    public void close() {
        eventLoops
                .shutdownGracefully(0, ANSWER_MAX_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(ANSWER_MAX_SECONDS * 1000);
    }
}
