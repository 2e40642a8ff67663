package io.stele.gateway.port;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractServerChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * A listener that listens nowhere: its connections are handed to it, by the client port that accepted them. A server
 * that brings its own listening, like gRPC's, serves them as if it had accepted them itself.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what became of a task comes as an event
public final class HandedServerChannel extends AbstractServerChannel {
    private final ChannelConfig config = new DefaultChannelConfig(this);
    private volatile boolean isOpen = true;
    private volatile boolean isBound;

    /**
     * Takes a connection over that is registered with one of the server's own threads already, reads nothing, and has
     * nothing in its pipeline but what is to come before the server's handlers. {@code received} is what had been read
     * from it.
     */
    public void hand(Channel channel, ByteBuf received) {
        eventLoop().execute(() -> {
            if (!channel.isOpen()) { // it has left on the way here
                received.release();
                return;
            }
            // 1. The acceptor adds the server's handlers, as a task of the connection's thread.
            pipeline().fireChannelRead(channel);
            pipeline().fireChannelReadComplete();
            // 2. Behind that task: they see the connection begin, and what came before them.
            channel.eventLoop().execute(() -> {
                channel.pipeline().fireChannelActive();
                channel.pipeline().fireChannelRead(received);
                channel.pipeline().fireChannelReadComplete();
                channel.config().setAutoRead(true);
            });
        });
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected SocketAddress localAddress0() {
        return isBound ? InetSocketAddress.createUnresolved("handed", 0) : null;
    }

    @Override
    protected void doBind(SocketAddress localAddress) {
        isBound = true;
    }

    @Override
    protected void doClose() {
        isOpen = false;
    }

    @Override
    protected void doBeginRead() {
        // connections come by themselves
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return isOpen;
    }

    @Override
    public boolean isActive() {
        return isOpen && isBound;
    }
}
