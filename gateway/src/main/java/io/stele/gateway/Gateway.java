package io.stele.gateway;

import io.grpc.Server;
import io.grpc.netty.InternalNettyServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import io.stele.gateway.call.MethodTable;
import io.stele.gateway.http.HttpServer;
import io.stele.gateway.http.HttpSite;
import io.stele.gateway.node.NodeCalls;
import io.stele.gateway.port.GatewayThreads;
import io.stele.gateway.port.GrpcLog;
import io.stele.gateway.port.HandedServerChannel;
import io.stele.gateway.port.PartialBudget;
import io.stele.gateway.port.PartialMessages;
import io.stele.gateway.port.PartialRequests;
import io.stele.gateway.service.AuthService;
import io.stele.gateway.service.ClusterService;
import io.stele.gateway.service.ElectionService;
import io.stele.gateway.service.HealthService;
import io.stele.gateway.service.KvService;
import io.stele.gateway.service.LeaderGate;
import io.stele.gateway.service.LeaderMonitor;
import io.stele.gateway.service.LeaseService;
import io.stele.gateway.service.LockService;
import io.stele.gateway.service.MaintenanceService;
import io.stele.gateway.service.PasswordHashing;
import io.stele.gateway.service.WatchService;
import io.stele.gateway.v2.VersionTwo;
import io.stele.transport.client.FaceContext;
import io.stele.transport.client.FaceSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The running gateway: its threads, the gRPC server and the HTTP one, made at the first connection. */
final class Gateway implements AutoCloseable {
    /** What gRPC takes beyond the longest request, so that the refusal is an answer. */
    private static final int MESSAGE_SLACK_BYTES = 512 * 1024;

    /** Of requests that have come in part, over all connections: an eighth of the direct memory by default. */
    private static final long PARTIAL_BYTES_MAX = 64 * 1024 * 1024;

    private static final int METADATA_BYTES_MAX = 16 * 1024;
    private static final int FLOW_CONTROL_WINDOW = 1024 * 1024;
    private static final int RESETS_MAX = 1_000;
    private static final int RESETS_WINDOW_SECONDS = 10;
    private static final long CLOSE_TIMEOUT_MS = 500;

    private final FaceContext context;
    private final MethodTable methods = new MethodTable();
    private GatewayThreads threads;
    private HandedServerChannel acceptor;
    private Server server;
    private final HttpServer http;
    private final PasswordHashing hashing;
    private final GrpcLog log;

    private final FastThreadLocal<NodeCalls> calls = new FastThreadLocal<>() {
        @Override
        protected NodeCalls initialValue() {
            return new NodeCalls(context, threads.current(), threads.executorCount());
        }
    };

    private final FastThreadLocal<LeaderMonitor> monitors = new FastThreadLocal<>() {
        @Override
        protected LeaderMonitor initialValue() {
            return new LeaderMonitor(calls.get(), context.electionTimeoutMs());
        }
    };

    private final FastThreadLocal<PartialBudget> partial = new FastThreadLocal<>() {
        @Override
        protected PartialBudget initialValue() {
            // As JSON, in which four bytes stand for three.
            int lengthMax = context.requestBytesMax() / 3 * 4 + MESSAGE_SLACK_BYTES;
            return new PartialBudget(PARTIAL_BYTES_MAX / threads.executorCount(), lengthMax, System::nanoTime);
        }
    };

    Gateway(FaceContext context) {
        this.context = context;
        log = new GrpcLog(context.log());
        hashing = new PasswordHashing(context.settings().bcryptCost());
        LeaderGate gate = new LeaderGate(calls::get, monitors::get);
        methods.addAll(gate.guard(new KvService(calls::get).methods()));
        methods.addAll(gate.guard(new LeaseService(calls::get).methods()));
        methods.addAll(new WatchService(calls::get).methods());
        methods.addAll(gate.guard(new ClusterService(calls::get).methods()));
        methods.addAll(gate.guard(new MaintenanceService(calls::get, context).methods()));
        AuthService auth = new AuthService(calls::get, hashing);
        methods.addAll(gate.guard(auth.methods()));
        methods.addAll(gate.guard(auth.roleMethods()));
        methods.addAll(gate.guard(new LockService(calls::get).methods()));
        methods.addAll(gate.guard(new ElectionService(calls::get).methods()));
        methods.addAll(new HealthService().methods());
        List<HttpSite> more = context.settings().enableV2()
                ? List.of(new VersionTwo(calls::get, context.memberName(), context.serverVersion()))
                : List.of();
        http = new HttpServer(methods, calls::get, context.serverVersion(), context.requestBytesMax(), more);
    }

    private synchronized void open(Channel first) {
        if (server != null) {
            return;
        }
        FaceSettings settings = context.settings();
        int cores = Runtime.getRuntime().availableProcessors();
        threads = new GatewayThreads(cores <= 4 ? 1 : Math.min(8, cores / 4), first);
        acceptor = new HandedServerChannel();
        NettyServerBuilder builder = NettyServerBuilder.forAddress(InetSocketAddress.createUnresolved("handed", 0));
        // Calls are counted here (CallCounts): nobody reads gRPC's own figures, which cost objects for each call.
        InternalNettyServerBuilder.setStatsEnabled(builder, false);
        InternalNettyServerBuilder.setTracingEnabled(builder, false);
        server = builder.channelFactory(() -> acceptor)
                .bossEventLoopGroup(threads)
                .workerEventLoopGroup(threads)
                .directExecutor()
                .addStreamTracerFactory(new PartialMessages(partial::get))
                .maxInboundMessageSize(context.requestBytesMax() + MESSAGE_SLACK_BYTES)
                .maxInboundMetadataSize(METADATA_BYTES_MAX)
                .maxConcurrentCallsPerConnection(settings.streamsMax())
                .maxRstFramesPerWindow(RESETS_MAX, RESETS_WINDOW_SECONDS)
                // As it is, not to grow from: to find out by how much it should, gRPC pings with each batch of data.
                .flowControlWindow(FLOW_CONTROL_WINDOW)
                .permitKeepAliveTime(settings.keepaliveMinMs(), TimeUnit.MILLISECONDS)
                .keepAliveTime(settings.keepaliveIntervalMs(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(settings.keepaliveTimeoutMs(), TimeUnit.MILLISECONDS)
                .fallbackHandlerRegistry(methods.registry())
                .build();
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void adoptGrpc(Channel channel, ByteBuf received) {
        open(channel);
        threads.move(channel, received, (moved, bytes) -> {
            PartialRequests requests = partial.get().open(moved);
            moved.pipeline().addLast(new PartialMessages.Marker(partial.get(), requests));
            acceptor.hand(moved, bytes);
        });
    }

    void adoptHttp(Channel channel, ByteBuf received) {
        open(channel);
        threads.move(
                channel,
                received,
                (moved, bytes) -> http.serve(moved, partial.get().open(moved), bytes));
    }

    void adoptMetrics(Channel channel, ByteBuf received) {
        open(channel);
        threads.move(
                channel,
                received,
                (moved, bytes) -> http.serveMetrics(moved, partial.get().open(moved), bytes));
    }

    @Override
    public synchronized void close() {
        hashing.close();
        log.close();
        if (server == null) {
            return;
        }
        server.shutdown();
        try {
            if (!server.awaitTermination(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
                server.awaitTermination(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (EventExecutor thread : threads) {
            thread.submit(() -> {
                        if (calls.isSet()) {
                            calls.get().connection().close();
                        }
                    })
                    .awaitUninterruptibly(CLOSE_TIMEOUT_MS);
        }
        threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
