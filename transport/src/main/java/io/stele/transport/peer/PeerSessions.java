package io.stele.transport.peer;

import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.ReceiveChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import io.aeron.protocol.SetupFlyweight;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.util.Arrays;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * Which streams may come in: a stream costs memory before its first frame is seen, so it is looked at before.
 *
 * <p>A sender chooses its session id so that its upper bits follow from cluster, sender, receiver and lane; a receiver
 * knows the ids that its peers may choose and drops the setup of any other, or of one that asks for longer buffers than
 * ours. That keeps out what strays, and makes guessing costly; it is no secret.
 *
 * <pre>
 *    31          12 11           0
 *   +--------------+--------------+
 *   |  tag         |  differs     |
 *   |              |  in each life|
 *   +--------------+--------------+
 * </pre>
 */
final class PeerSessions {
    private static final int TAG_MASK = 0xFFFFF000;

    private final PeerIdentity identity;
    private final int termLengthMax;
    private final Consumer<InetSocketAddress> refusals;
    private final Consumer<DatagramChannel> sockets;
    private volatile int[] allowedTags = {};

    /**
     * What is told is told on the driver's thread.
     *
     * @param refusals told where a stream comes from that was not let in
     * @param sockets told of the socket that is listened on
     */
    PeerSessions(
            PeerIdentity identity,
            int termLengthMax,
            Consumer<InetSocketAddress> refusals,
            Consumer<DatagramChannel> sockets) {
        this.identity = identity;
        this.termLengthMax = termLengthMax;
        this.refusals = refusals;
        this.sockets = sockets;
    }

    /** A session id for the stream to a peer. */
    int outgoing(long receiver, PeerLane lane, int attempt) {
        int life = (int) mix(identity.bootId() + attempt);
        return tag(identity.memberId(), receiver, lane) | (life & ~TAG_MASK);
    }

    /** From now on these peers may send, and nobody else. */
    void allow(long[] memberIds) {
        int[] tags = new int[memberIds.length * PeerLane.values().length];
        int count = 0;
        for (long memberId : memberIds) {
            for (PeerLane lane : PeerLane.values()) {
                tags[count++] = tag(memberId, identity.memberId(), lane);
            }
        }
        Arrays.sort(tags);
        allowedTags = tags;
    }

    private int tag(long sender, long receiver, PeerLane lane) {
        long mixed = mix(mix(mix(identity.clusterId()) + sender) + receiver) + lane.code();
        return (int) (mix(mixed) >>> 32) & TAG_MASK;
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 32)) * 0x9E3779B97F4A7C15L;
        return mixed ^ (mixed >>> 29);
    }

    boolean isAllowed(int sessionId, int termLength, int mtu) {
        return termLength <= termLengthMax
                && mtu <= 64 * 1024
                && Arrays.binarySearch(allowedTags, sessionId & TAG_MASK) >= 0;
    }

    /** The driver's end of the port, with a doorkeeper. */
    ReceiveChannelEndpoint endpoint(
            UdpChannel channel,
            DataPacketDispatcher dispatcher,
            AtomicCounter statusIndicator,
            MediaDriver.Context context) {
        return new ReceiveChannelEndpoint(channel, dispatcher, statusIndicator, context) {
            @Override
            public void openChannel() {
                super.openChannel();
                sockets.accept(receiveDatagramChannel);
            }

            @Override
            public void onSetupMessage(
                    SetupFlyweight header,
                    UnsafeBuffer buffer,
                    int length,
                    InetSocketAddress source,
                    int transportIndex) {
                if (isAllowed(header.sessionId(), header.termLength(), header.mtuLength())) {
                    super.onSetupMessage(header, buffer, length, source, transportIndex);
                } else {
                    refusals.accept(source);
                }
            }
        };
    }
}
