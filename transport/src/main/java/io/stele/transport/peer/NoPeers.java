package io.stele.transport.peer;

import io.stele.transport.SendResult;
import org.agrona.DirectBuffer;

/** The link of a node that is alone. */
final class NoPeers implements PeerLink {
    @Override
    public void addPeer(long memberId, PeerAddress address) {
        throw new UnsupportedOperationException("this node has no peer link");
    }

    @Override
    public void removePeer(long memberId) {}

    @Override
    public int poll(PeerHandler handler, int limit) {
        return 0;
    }

    @Override
    public int pollUrgent(PeerHandler handler, int limit) {
        return 0;
    }

    @Override
    public int send(long memberId, PeerLane lane, DirectBuffer buffer, int offset, int length) {
        return SendResult.CLOSED;
    }

    @Override
    public void flush() {}

    @Override
    public boolean isConnected(long memberId) {
        return false;
    }

    @Override
    public int frameLengthMax() {
        return 0;
    }

    @Override
    public PeerCounters counters() {
        return new PeerCounters();
    }

    @Override
    public void close() {}
}
