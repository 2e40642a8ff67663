package io.stele.transport.client;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.lang.reflect.Method;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;

/**
 * Lets a loop that serves clients notice packets on a socket that somebody else reads: a thread that serves both can
 * then sleep in one place. Only noticing is done here; reading stays with the socket's owner.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a registration that fails leaves the sleep as long as it would be
final class SocketWatch {
    private SocketWatch() {}

    /** Calls back on the loop when there is something to be read; false if the socket cannot be watched here. */
    static boolean begin(IoEventLoop loop, DatagramChannel channel, Runnable onReadable) {
        if (loop.isCompatible(NioWatch.class)) {
            register(loop, new NioWatch(channel, onReadable), NioIoOps.READ);
            return true;
        }
        int descriptor = descriptor(channel);
        if (descriptor < 0 || !loop.isCompatible(EpollWatch.class)) {
            return false;
        }
        // Once for each packet that comes, not as long as there are some: their owner may leave them for a while.
        register(loop, new EpollWatch(descriptor, onReadable), EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLET));
        return true;
    }

    private static void register(IoEventLoop loop, IoHandle handle, IoOps interest) {
        loop.register(handle).addListener(done -> {
            if (done.isSuccess()) {
                ((IoRegistration) done.getNow()).submit(interest);
            }
        });
    }

    /**
     * The number under which the system knows a socket; -1 if the JDK does not tell. There is no other way to it: the
     * JVM is started with this package opened.
     */
    private static int descriptor(DatagramChannel channel) {
        try {
            Method method = Class.forName("sun.nio.ch.SelChImpl").getMethod("getFDVal");
            method.setAccessible(true);
            return (int) method.invoke(channel);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return -1;
        }
    }

    private static final class EpollWatch implements EpollIoHandle {
        private final FileDescriptor descriptor;
        private final Runnable onReadable;

        EpollWatch(int descriptor, Runnable onReadable) {
            this.descriptor = new FileDescriptor(descriptor);
            this.onReadable = onReadable;
        }

        @Override
        public FileDescriptor fd() {
            return descriptor;
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            onReadable.run();
        }

        /** The socket is its owner's to close. */
        @Override
        public void close() {}
    }

    private static final class NioWatch implements NioIoHandle {
        private final DatagramChannel channel;
        private final Runnable onReadable;

        NioWatch(DatagramChannel channel, Runnable onReadable) {
            this.channel = channel;
            this.onReadable = onReadable;
        }

        @Override
        public SelectableChannel selectableChannel() {
            return channel;
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            onReadable.run();
        }

        /** The socket is its owner's to close. */
        @Override
        public void close() {}
    }
}
