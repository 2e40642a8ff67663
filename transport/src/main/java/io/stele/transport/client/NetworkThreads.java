package io.stele.transport.client;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SelectStrategy;
import io.netty.channel.SelectStrategyFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Network threads: epoll where the machine has it, else Java's selector. */
final class NetworkThreads implements AutoCloseable {
    private final boolean isEpoll;
    private final List<SelectStrategy> strategies = new ArrayList<>();
    private final EventLoopGroup group;

    /** {@code strategy}: makes what decides when a thread sleeps; called once for each thread. */
    NetworkThreads(String name, int count, boolean useEpoll, Supplier<SelectStrategy> strategy) {
        isEpoll = useEpoll && Epoll.isAvailable();
        // Strategies are made in the order of the threads: the group makes one for each, one after the other.
        SelectStrategyFactory factory = () -> {
            SelectStrategy made = strategy.get();
            strategies.add(made);
            return made;
        };
        group = new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory(name, true), handlers(factory));
    }

    private IoHandlerFactory handlers(SelectStrategyFactory factory) {
        return isEpoll
                ? EpollIoHandler.newFactory(0, factory)
                : NioIoHandler.newFactory(SelectorProvider.provider(), factory);
    }

    EventLoopGroup group() {
        return group;
    }

    /** The strategy of one of the group's threads. */
    SelectStrategy strategy(EventLoop eventLoop) {
        int index = 0;
        for (EventExecutor executor : group) {
            if (executor == eventLoop) {
                return strategies.get(index);
            }
            index++;
        }
        throw new IllegalArgumentException("not a thread of this group");
    }

    /** A loop without a thread: whoever owns it runs it. */
    ManualIoEventLoop drivenLoop() {
        return new ManualIoEventLoop(null, handlers(() -> new SpinStrategy(0)));
    }

    Class<? extends ServerSocketChannel> serverChannelType() {
        return isEpoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    Class<? extends SocketChannel> channelType() {
        return isEpoll ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
