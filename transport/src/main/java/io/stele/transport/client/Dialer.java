package io.stele.transport.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Connects to servers; owns the client's network threads. */
@SuppressWarnings("FutureReturnValueIgnored") // what became of a task comes as an event
public final class Dialer implements AutoCloseable {
    private final NetworkThreads threads;
    private final DialerContext context;

    public Dialer(DialerContext context) {
        this.context = context;
        threads = new NetworkThreads(
                "stele-client", context.loopCount, context.useEpoll, () -> new ReplyWait(context.replyWaitNs));
    }

    /** Starts to connect and returns at once; how it goes is told to the handler. */
    public ServerConnection dial(String host, int port, ServerHandler handler) {
        ServerConnection connection = new ServerConnection(context, handler);
        Bootstrap bootstrap = new Bootstrap()
                .group(threads.group())
                .channel(threads.channelType())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(256 * 1024, 1024 * 1024))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        TimeUnit.NANOSECONDS.toMillis(context.connectTimeoutNs))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connection.attach(channel, (ReplyWait) threads.strategy(channel.eventLoop()));
                        channel.pipeline().addLast(connection.inbound());
                    }
                });
        InetSocketAddress address = new InetSocketAddress(host, port);
        bootstrap.connect(address).addListener((ChannelFuture future) -> {
            if (!future.isSuccess()) {
                connection.failed(host + ":" + port + ": " + reason(address, future.cause()));
            }
        });
        return connection;
    }

    private static String reason(InetSocketAddress address, Throwable cause) {
        if (address.isUnresolved()) {
            return "unknown host";
        }
        if (cause instanceof io.netty.channel.ConnectTimeoutException) {
            return "no answer in time";
        }
        return cause instanceof java.net.ConnectException ? "connection refused" : String.valueOf(cause.getMessage());
    }

    /** Runs a task on one of the network threads after a while; not at all once they have ended. */
    public void schedule(Runnable task, long delayNs) {
        try {
            threads.group().schedule(task, delayNs, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            if (!threads.group().isShuttingDown()) {
                throw e;
            }
        }
    }

    /** Whether the caller is one of the network threads, which must never wait for itself. */
    public boolean inNetworkThread() {
        for (EventExecutor executor : threads.group()) {
            if (executor.inEventLoop()) {
                return true;
            }
        }
        return false;
    }

    /** Ends all connections and threads. */
    @Override
    public void close() {
        threads.close();
    }
}
