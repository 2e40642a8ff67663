package io.stele.transport.client;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.stele.transport.SendResult;
import io.stele.transport.codec.GoodbyeReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Clients over TCP.
 *
 * <pre>
 *   socket -> ClientConnection -> Ingress (ring, many to one) -> poll -> node
 *   socket <- ClientConnection <- Outbox  (ring, one to one)  <- flush <- Egress (buffer per connection) <- send
 *   '------ network thread ---'                              '------------ node's thread -----------------------'
 * </pre>
 *
 * <p>A request is copied once (to the ring) and a reply is copied once (to its connection's buffer). A batch of
 * requests wakes the node once; a batch of replies wakes a network thread once, and not at all while it is awake.
 *
 * <p>Nothing is without a bound: frames by length before any memory is taken, unfinished frames by a budget,
 * unanswered requests by count (the socket is then not read), waiting replies by bytes per connection and in all, where
 * each connection's share shrinks as the whole fills up, so that slow readers cannot take it all.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what became of a write or a close comes as an event
public final class NettyClientLink implements ClientLink, LocalLink {
    private static final long CLOSE_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(2);
    /**
     * Tasks of a driven loop that are done at once. A burst of new connections is a task for each: those that are there
     * already, and all else that the thread does, come in between.
     */
    private static final long TASKS_NS_MAX = TimeUnit.MILLISECONDS.toNanos(1);
    /** A connection for which nothing waits may queue a reply of this length whatever others have queued. */
    private static final int SMALL_REPLY_LENGTH = 4 * 1024;

    private final ClientLinkContext context;
    private final ConnectionTable table;
    private final Ingress ingress;
    private final NetworkThreads threads;
    private final ManualIoEventLoop drivenLoop;
    /** The link's own threads, then those of others who connect from within the process. */
    private volatile NetworkLoop[] loops;

    private final List<Channel> listeners = new ArrayList<>();
    private final AtomicInteger connectionCount = new AtomicInteger();
    private final AddressCounts addresses = new AddressCounts();
    private final AtomicLongArray goodbyes = new AtomicLongArray(256);

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final ArrayList<Recipient> dirty = new ArrayList<>();
    private long acceptedBytes;
    private boolean isOwned;
    private boolean isClosed;

    /** Listens, or throws {@link UncheckedIOException} with one clear line and leaves nothing behind. */
    public NettyClientLink(ClientLinkContext context) {
        context.conclude();
        this.context = context;
        table = new ConnectionTable(context.connectionsMax);
        threads = new NetworkThreads(
                "stele-net", context.loopCount, context.useEpoll, () -> new SpinStrategy(context.spinNs));
        ingress = new Ingress(context.ringCapacity());
        drivenLoop = context.driven ? threads.drivenLoop() : null;
        NetworkLoop[] own = new NetworkLoop[context.loopCount];
        if (context.driven) {
            own[0] = new NetworkLoop(this, drivenLoop, false);
        } else {
            int index = 0;
            for (EventExecutor executor : threads.group()) {
                own[index] = new NetworkLoop(this, (EventLoop) executor, false);
                ((SpinStrategy) threads.strategy(own[index].eventLoop())).loop(own[index]);
                index++;
            }
        }
        loops = own;
        try {
            for (ListenPoint point : context.listenPoints) {
                listen(point);
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void listen(ListenPoint point) {
        InetSocketAddress address = point.address();
        EventLoopGroup children = context.driven ? drivenLoop : threads.group();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(threads.group(), children)
                .channel(threads.serverChannelType())
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(new ClientConnection(NettyClientLink.this, loopOf(channel), point, channel));
                    }
                });
        var bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new UncheckedIOException(
                    "cannot listen on " + address.getHostString() + ":" + address.getPort() + ": "
                            + bound.cause().getMessage(),
                    new IOException(bound.cause()));
        }
        listeners.add(bound.channel());
    }

    private NetworkLoop loopOf(Channel channel) {
        NetworkLoop loop = loopOf(channel.eventLoop());
        assert loop != null : "connection on a foreign thread";
        return loop;
    }

    private NetworkLoop loopOf(EventLoop eventLoop) {
        for (NetworkLoop loop : loops) {
            if (loop.eventLoop() == eventLoop) {
                return loop;
            }
        }
        return null;
    }

    @Override
    public LocalConnection connect(EventLoop eventLoop, LocalHandler handler) {
        assert eventLoop.inEventLoop();
        LocalConnection connection = new LocalConnection(this, foreignLoop(eventLoop), handler);
        if (table.add(connection) == 0) {
            return null;
        }
        if (!ingress.offer(Ingress.CONNECTED, connection.id())) {
            table.remove(connection);
            return null;
        }
        connection.loop().addLocal(connection);
        return connection;
    }

    private synchronized NetworkLoop foreignLoop(EventLoop eventLoop) {
        NetworkLoop loop = loopOf(eventLoop);
        if (loop == null) {
            loop = new NetworkLoop(this, eventLoop, drivenLoop != eventLoop);
            NetworkLoop[] more = Arrays.copyOf(loops, loops.length + 1);
            more[loops.length] = loop;
            loops = more;
        }
        return loop;
    }

    @Override
    public int frameLengthMax() {
        return context.frameLengthMax();
    }

    /** The ports listened on, in the order of the context's addresses. */
    public int[] ports() {
        int[] ports = new int[listeners.size()];
        for (int i = 0; i < ports.length; i++) {
            ports[i] = ((InetSocketAddress) listeners.get(i).localAddress()).getPort();
        }
        return ports;
    }

    /** Connections there are now, in whatever state. */
    public int connectionCount() {
        return connectionCount.get();
    }

    /** How often a connection was ended for this reason. */
    public long goodbyeCount(GoodbyeReason reason) {
        return goodbyes.get(reason.value());
    }

    @Override
    public int poll(ClientHandler handler, int limit) {
        if (drivenLoop != null) {
            own();
            drivenLoop.runNow(TASKS_NS_MAX);
        }
        int count = ingress.poll(handler, limit);
        for (NetworkLoop loop : loops) {
            loop.unblockIngress();
        }
        return count;
    }

    /** Driven links only: waits for network events or {@link #wakeup}, at most so long. */
    public void await(long timeoutNs) {
        own();
        drivenLoop.run(timeoutNs, TASKS_NS_MAX);
    }

    /** Driven links only: ends an {@link #await}; from any thread. */
    public void wakeup() {
        // A task, not the loop's own wakeup(): that one is lost when it comes shortly before the wait begins.
        drivenLoop.execute(() -> {});
    }

    /**
     * Driven links only: ends an {@link #await} also when a packet comes to a socket that somebody else reads, and
     * calls back then, on the thread that drives. Returns false where that cannot be done.
     */
    public boolean watch(DatagramChannel channel, Runnable onReadable) {
        return SocketWatch.begin(drivenLoop, channel, onReadable);
    }

    @Override
    public long receivedNs() {
        return ingress.receivedNs();
    }

    @Override
    public int send(long connectionId, DirectBuffer buffer, int offset, int length) {
        Recipient connection = table.find(connectionId);
        if (connection == null) {
            return SendResult.CLOSED;
        }
        Egress egress = connection.egress();
        int framed = length + FrameDescriptor.LENGTH_LENGTH;
        if (!hasRoom(egress.queuedBytes(), framed)) {
            egress.refuse();
            // Room may have appeared before the wish for it was noted: look once more.
            if (!hasRoom(egress.queuedBytes(), framed)) {
                return SendResult.BACK_PRESSURED;
            }
        }
        int result = egress.append(buffer, offset, length, view);
        if (result == SendResult.QUEUED) {
            acceptedBytes += framed;
            if (egress.markDirty()) {
                dirty.add(connection);
            }
        } else {
            connection.loop().blockOutbox();
            connection.loop().wake();
        }
        return result;
    }

    /** Dynamic threshold: a connection may queue as much as all together leave free, up to its own limit. */
    private boolean hasRoom(long queuedBytes, int framed) {
        long totalBytes = acceptedBytes;
        for (NetworkLoop loop : loops) {
            totalBytes -= loop.flushedBytes();
        }
        if (queuedBytes == 0) {
            return framed <= SMALL_REPLY_LENGTH || totalBytes == 0 || totalBytes + framed <= 2 * context.queueBytesMax;
        }
        long share = Math.min(context.connectionQueueBytesMax, context.queueBytesMax - totalBytes);
        return queuedBytes + framed <= share;
    }

    @Override
    public void flush() {
        if (dirty.isEmpty()) {
            return;
        }
        int kept = 0;
        for (int i = 0; i < dirty.size(); i++) {
            Recipient connection = dirty.get(i);
            if (!connection.egress().handOver()) {
                connection.loop().blockOutbox();
                dirty.set(kept++, connection);
            }
            wake(connection.loop());
        }
        while (dirty.size() > kept) {
            dirty.remove(dirty.size() - 1);
        }
    }

    private void wake(NetworkLoop loop) {
        if (drivenLoop == null || loop.isForeign()) {
            loop.wake();
        } else {
            loop.run();
        }
    }

    @Override
    public long queuedBytes(long connectionId) {
        Recipient connection = table.find(connectionId);
        return connection == null ? 0 : connection.egress().queuedBytes();
    }

    @Override
    public void wakeWhenTaken(long connectionId) {
        Recipient connection = table.find(connectionId);
        if (connection != null) {
            connection.egress().refuse();
        }
    }

    @Override
    public int frameLengthMax(long connectionId) {
        Recipient connection = table.find(connectionId);
        return connection == null ? 0 : connection.clientFrameLengthMax();
    }

    @Override
    public void close(long connectionId, int reasonCode, String reason) {
        Recipient connection = table.find(connectionId);
        if (connection != null) {
            flush();
            connection.loop().eventLoop().execute(() -> {
                connection.loop().run();
                connection.goodbye(GoodbyeReason.get((short) reasonCode), reason);
            });
        }
    }

    /** Takes no new connections and tells the clients there are to go elsewhere; any thread. */
    public void announceEnd(String text) {
        for (Channel listener : listeners) {
            listener.close();
        }
        for (NetworkLoop loop : loops) {
            if (!loop.isForeign()) { // those have been told by their owners, whose threads may have ended
                loop.eventLoop().execute(() -> loop.announceEnd(text));
            }
        }
    }

    /** Connections that requests may come from; any thread. */
    public int openCount() {
        return table.count();
    }

    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        for (Channel listener : listeners) {
            listener.close().awaitUninterruptibly();
        }
        flush();
        for (NetworkLoop loop : loops) {
            if (!loop.eventLoop().isShuttingDown()) {
                loop.eventLoop().execute(() -> loop.closeAll("server stopped"));
            }
        }
        long deadlineNs = System.nanoTime() + CLOSE_TIMEOUT_NS;
        while (connectionCount.get() > 0 && System.nanoTime() < deadlineNs) {
            pump();
        }
        if (drivenLoop != null) {
            own();
            drivenLoop.shutdownGracefully(0, 0, TimeUnit.NANOSECONDS);
            while (!drivenLoop.isTerminated()) {
                drivenLoop.run(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
        threads.close();
        for (NetworkLoop loop : loops) {
            loop.outbox().release();
        }
        dirty.forEach(connection -> connection.egress().release());
        ingress.free();
    }

    private void pump() {
        if (drivenLoop == null) {
            Thread.onSpinWait();
            java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        } else {
            own();
            drivenLoop.run(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private void own() {
        if (!isOwned) {
            isOwned = true;
            drivenLoop.setOwningThread(Thread.currentThread());
        }
    }

    // ---- for connections, on network threads

    ClientLinkContext context() {
        return context;
    }

    ConnectionTable table() {
        return table;
    }

    Ingress ingress() {
        return ingress;
    }

    /** Counts a connection until it leaves; what speaks against it, or null. */
    String admit(InetAddress address) {
        boolean isOverall = connectionCount.incrementAndGet() > context.connectionsMax;
        boolean isOfAddress = addresses.add(address) > context.connectionsPerAddressMax;
        if (isOverall) {
            return "the limit of " + context.connectionsMax + " is reached";
        }
        return isOfAddress ? "the limit of " + context.connectionsPerAddressMax + " for one address is reached" : null;
    }

    void leave(InetAddress address) {
        addresses.remove(address);
        connectionCount.decrementAndGet();
    }

    void goodbye(GoodbyeReason reason, Channel channel, String text) {
        goodbyes.incrementAndGet(reason.value());
        context.goodbyes.onGoodbye(reason, channel.remoteAddress(), text);
    }
}
