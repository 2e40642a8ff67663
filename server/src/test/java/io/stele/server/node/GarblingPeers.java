package io.stele.server.node;

import io.stele.transport.peer.PeerAddress;
import io.stele.transport.peer.PeerCounters;
import io.stele.transport.peer.PeerHandler;
import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.PeerLink;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A link that gives frames to somebody who may change them before they leave: checksums are made after that. */
final class GarblingPeers implements PeerLink {
    private final PeerLink link;
    private final Consumer<UnsafeBuffer> garbler;

    GarblingPeers(PeerLink link, Consumer<UnsafeBuffer> garbler) {
        this.link = link;
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

    @Override
    public void addPeer(long memberId, PeerAddress address) {
        link.addPeer(memberId, address);
    }

    @Override
    public void removePeer(long memberId) {
        link.removePeer(memberId);
    }

    @Override
    public int poll(PeerHandler handler, int limit) {
        return link.poll(handler, limit);
    }

    @Override
    public int pollUrgent(PeerHandler handler, int limit) {
        return link.pollUrgent(handler, limit);
    }

    @Override
    public void flush() {
        link.flush();
    }

    @Override
    public boolean isConnected(long memberId) {
        return link.isConnected(memberId);
    }

    @Override
    public int frameLengthMax() {
        return link.frameLengthMax();
    }

    @Override
    public PeerCounters counters() {
        return link.counters();
    }

    @Override
    public void close() {
        link.close();
    }
}
