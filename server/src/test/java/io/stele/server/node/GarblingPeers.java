package io.stele.server.node;

import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.PeerLink;
import io.stele.transport.peer.sim.ForwardingPeerLink;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A link that gives frames to somebody who may change them before they leave: checksums are made after that. */
final class GarblingPeers extends ForwardingPeerLink {
    private final Consumer<UnsafeBuffer> garbler;

    GarblingPeers(PeerLink link, Consumer<UnsafeBuffer> garbler) {
        super(link);
        this.garbler = garbler;
    }

    @Override
    public int send(long memberId, PeerLane lane, DirectBuffer buffer, int offset, int length) {
        byte[] copy = new byte[length];
        buffer.getBytes(offset, copy);
        UnsafeBuffer frame = new UnsafeBuffer(copy);
        garbler.accept(frame);
        return link.send(memberId, lane, frame, 0, length);
    }
}
