package io.stele.transport.peer.sim;

import io.stele.transport.peer.PeerAddress;
import io.stele.transport.peer.PeerCounters;
import io.stele.transport.peer.PeerHandler;
import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.PeerLink;
import org.agrona.DirectBuffer;

/** Does all that another link does. Who listens in, or changes what is said, overrides what that takes. */
public abstract class ForwardingPeerLink implements PeerLink {
    protected final PeerLink link;

    protected ForwardingPeerLink(PeerLink link) {
        this.link = link;
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
    public int send(long memberId, PeerLane lane, DirectBuffer buffer, int offset, int length) {
        return link.send(memberId, lane, buffer, offset, length);
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
