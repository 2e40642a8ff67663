package io.stele.gateway.port;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.function.BiConsumer;

/** The threads of the gateway: connections move here from the client port's, so that no node waits for protobuf. */
@SuppressWarnings("FutureReturnValueIgnored") // what became of a move comes as an event
public final class GatewayThreads extends MultiThreadIoEventLoopGroup {
    /** {@code like}: a connection of the kind that is to move here. */
    public GatewayThreads(int count, Channel like) {
        super(count, new DefaultThreadFactory("stele-etcd", true), handlers(like));
    }

    private static IoHandlerFactory handlers(Channel like) {
        return like instanceof EpollSocketChannel ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }

    /** The thread that this runs on. */
    public EventLoop current() {
        for (EventExecutor thread : this) {
            if (thread.inEventLoop()) {
                return (EventLoop) thread;
            }
        }
        throw new IllegalStateException("not a thread of the gateway");
    }

    /** Moves a connection from the thread that this runs on to one of these, and goes on there. */
    public void move(Channel channel, ByteBuf received, BiConsumer<Channel, ByteBuf> then) {
        channel.config().setAutoRead(false);
        channel.deregister()
                .addListener(left -> super.register(channel).addListener(arrived -> {
                    if (arrived.isSuccess() && channel.isActive()) {
                        then.accept(channel, received);
                    } else {
                        received.release();
                        channel.close();
                    }
                }));
    }

    /** Servers register what they accept, and those that were moved here are. */
    @Override
    public ChannelFuture register(Channel channel) {
        return channel.isRegistered() ? channel.newSucceededFuture() : super.register(channel);
    }
}
