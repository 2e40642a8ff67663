package io.stele.transport.peer;

import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.util.function.Consumer;

/** What an {@link AeronPeerLink} is told once. Identity, address and directory must be set. */
public final class PeerLinkContext {
    /** Fits the usual Ethernet frame. */
    public static final int MTU_DEFAULT = 1408;

    /** For links that carry longer packets, as the loopback does. */
    public static final int MTU_LOOPBACK = 8192;

    PeerIdentity identity;
    PeerAddress listen;
    Path directory;
    int mtu = MTU_DEFAULT;
    int frameLengthMax = 16 * 1024 * 1024;
    boolean dedicated;
    Consumer<String> log = line -> {};
    Consumer<DatagramChannel> sockets = channel -> {};

    public PeerLinkContext identity(PeerIdentity value) {
        identity = value;
        return this;
    }

    /** Where to listen; one port does for all peers. */
    public PeerLinkContext listen(PeerAddress value) {
        listen = value;
        return this;
    }

    /**
     * Where the buffers are; best in memory. It is deleted at the beginning and in the end, so it must be this
     * process' own for sure.
     */
    public PeerLinkContext directory(Path value) {
        directory = value;
        return this;
    }

    /** Bytes of the longest packet, without IP's and UDP's headers. */
    public PeerLinkContext mtu(int value) {
        mtu = value;
        return this;
    }

    public PeerLinkContext frameLengthMax(int value) {
        frameLengthMax = value;
        return this;
    }

    /** Whether the network has a thread of its own, which spins; else the polling thread drives it. */
    public PeerLinkContext dedicated(boolean value) {
        dedicated = value;
        return this;
    }

    /** Told of the socket that is listened on, so that a thread can sleep until something comes. */
    public PeerLinkContext sockets(Consumer<DatagramChannel> value) {
        sockets = value;
        return this;
    }

    /** Told, in one line and not too often, what an operator should know. */
    public PeerLinkContext log(Consumer<String> value) {
        log = value;
        return this;
    }
}
