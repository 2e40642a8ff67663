package io.stele.transport.client;

import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.BitUtil;

/** How a {@link NettyClientLink} is to be; {@link #conclude} checks it. Limits are bytes or counts. */
public final class ClientLinkContext {
    private static final int FRAME_SLACK_BYTES = 512 * 1024 - 64;
    /** The ingress ring takes messages of at most an eighth of its capacity. */
    private static final int RING_MESSAGES_MIN = 8;
    /** So many connections from one address are nobody's attack. */
    private static final int CONNECTIONS_PER_ADDRESS_LEAST = 100;

    final List<ListenPoint> listenPoints = new ArrayList<>();
    final List<PortProtocol> protocols = new ArrayList<>();
    Runnable wakeup = () -> {};
    Runnable localWakeup = () -> {};
    ByteBufAllocator localAllocator = ByteBufAllocator.DEFAULT;
    long clusterId;
    long memberId;
    String memberName = "default";
    String serverVersion = "0.1.0";
    int loopCount;
    boolean useEpoll = true;
    boolean driven;
    long spinNs;
    int requestBytesMax = 1536 * 1024;
    GoodbyeListener goodbyes = (reason, remote, text) -> {};
    int connectionsMax = 10_000;
    int connectionsPerAddressMax;
    int inFlightMax = 1_000;
    int connectionQueueBytesMax = 4 * 1024 * 1024;
    long queueBytesMax = 64L * 1024 * 1024;
    long partialBytesMax = 64L * 1024 * 1024;
    long handshakeTimeoutNs = TimeUnit.SECONDS.toNanos(5);
    long frameTimeoutNs = TimeUnit.SECONDS.toNanos(10);
    long writeStallTimeoutNs = TimeUnit.SECONDS.toNanos(30);
    long idleTimeoutNs = TimeUnit.HOURS.toNanos(2);

    /** Listens there for everything; port 0: any free one, see {@link NettyClientLink#ports}. */
    public ClientLinkContext address(InetSocketAddress value) {
        listenPoints.add(new ListenPoint(value, true, protocols));
        return this;
    }

    /** Listens there for what the use of the port allows, and for these protocols. */
    public ClientLinkContext address(InetSocketAddress value, PortUse use, List<PortProtocol> spoken) {
        listenPoints.add(new ListenPoint(value, use.isNative(), List.copyOf(spoken)));
        return this;
    }

    /** Another protocol for the addresses of which nothing is said. */
    public ClientLinkContext protocol(PortProtocol value) {
        protocols.add(value);
        return this;
    }

    /**
     * Called by network threads after a batch of events was made available, and when a back-pressured connection has
     * room again. Must be cheap, above all while the node is awake.
     */
    public ClientLinkContext wakeup(Runnable value) {
        wakeup = value;
        return this;
    }

    /** Likewise, for connections from within the process: called by their threads, whoever drives the link. */
    public ClientLinkContext localWakeup(Runnable value) {
        localWakeup = value;
        return this;
    }

    /** Who answers: sent to every client. */
    public ClientLinkContext identity(long cluster, long member, String name, String version) {
        clusterId = cluster;
        memberId = member;
        memberName = name;
        serverVersion = version;
        return this;
    }

    /** Network threads; 0: one on up to 4 cores, else a quarter of the cores, at most 8. */
    public ClientLinkContext loopCount(int value) {
        loopCount = value;
        return this;
    }

    /** False: Java's own selector even where epoll is there. */
    public ClientLinkContext useEpoll(boolean value) {
        useEpoll = value;
        return this;
    }

    /**
     * True: no network thread. The polling thread does the network's work itself within {@code poll} and {@code flush},
     * and waits in {@link NettyClientLink#await} when it has nothing to do.
     */
    public ClientLinkContext driven(boolean value) {
        driven = value;
        return this;
    }

    /** How long a network thread keeps looking, instead of sleeping, while replies are owed; 0: never. */
    public ClientLinkContext spinNs(long value) {
        spinNs = value;
        return this;
    }

    /** Longest request that makes sense; frames may be half a MiB longer so that a refusal can be a reply. */
    public ClientLinkContext requestBytesMax(int value) {
        requestBytesMax = value;
        return this;
    }

    public ClientLinkContext connectionsMax(int value) {
        connectionsMax = value;
        return this;
    }

    /** Connections from one address, half an IPv6 address that is; 0: half of all, but at least 100. */
    public ClientLinkContext connectionsPerAddressMax(int value) {
        connectionsPerAddressMax = value;
        return this;
    }

    /** Who is told of the connections that are ended from this side. */
    public ClientLinkContext goodbyes(GoodbyeListener value) {
        goodbyes = value;
        return this;
    }

    /** Unanswered requests of one connection before it is not read any further. */
    public ClientLinkContext inFlightMax(int value) {
        inFlightMax = value;
        return this;
    }

    /** Bytes of replies that one connection may have waiting. One reply is always taken when nothing waits. */
    public ClientLinkContext connectionQueueBytesMax(int value) {
        connectionQueueBytesMax = value;
        return this;
    }

    /** Bytes of replies waiting on all connections; as it fills, each one's share shrinks. */
    public ClientLinkContext queueBytesMax(long value) {
        queueBytesMax = value;
        return this;
    }

    /** Bytes of unfinished requests of all connections. */
    public ClientLinkContext partialBytesMax(long value) {
        partialBytesMax = value;
        return this;
    }

    /** From accepted to ClientHello complete. */
    public ClientLinkContext handshakeTimeoutNs(long value) {
        handshakeTimeoutNs = value;
        return this;
    }

    /** From the first byte of a frame to its last. */
    public ClientLinkContext frameTimeoutNs(long value) {
        frameTimeoutNs = value;
        return this;
    }

    /** Replies wait and the socket takes nothing. */
    public ClientLinkContext writeStallTimeoutNs(long value) {
        writeStallTimeoutNs = value;
        return this;
    }

    /** Nothing received and nothing owed; 0: never. */
    public ClientLinkContext idleTimeoutNs(long value) {
        idleTimeoutNs = value;
        return this;
    }

    void conclude() {
        require(!listenPoints.isEmpty(), "no address to listen on");
        require(requestBytesMax > 0 && requestBytesMax <= 128 * 1024 * 1024, "requestBytesMax not in 1 B .. 128 MiB");
        require(connectionsMax > 0 && connectionsMax <= ConnectionTable.CAPACITY_MAX, "connectionsMax out of range");
        require(connectionsPerAddressMax >= 0, "connectionsPerAddressMax must not be negative");
        if (connectionsPerAddressMax == 0) {
            connectionsPerAddressMax = Math.max(CONNECTIONS_PER_ADDRESS_LEAST, connectionsMax / 2);
        }
        require(inFlightMax > 0, "inFlightMax must be positive");
        require(connectionQueueBytesMax > 0 && queueBytesMax > 0 && partialBytesMax > 0, "limits must be positive");
        if (loopCount <= 0) {
            int cores = Runtime.getRuntime().availableProcessors();
            loopCount = cores <= 4 ? 1 : Math.min(8, cores / 4);
        }
        if (driven) {
            loopCount = 1;
        }
    }

    int frameLengthMax() {
        return requestBytesMax + FRAME_SLACK_BYTES;
    }

    int ringCapacity() {
        return BitUtil.findNextPositivePowerOfTwo(
                RING_MESSAGES_MIN * (frameLengthMax() + Ingress.RECORD_HEADER_LENGTH + 8));
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
