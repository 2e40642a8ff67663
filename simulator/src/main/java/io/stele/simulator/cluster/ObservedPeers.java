package io.stele.simulator.cluster;

import io.stele.consensus.Message;
import io.stele.server.peer.MessageReader;
import io.stele.simulator.cluster.check.Promises;
import io.stele.transport.peer.PeerAddress;
import io.stele.transport.peer.PeerCounters;
import io.stele.transport.peer.PeerHandler;
import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.PeerLink;
import io.stele.transport.peer.codec.RaftMessageDecoder;
import org.agrona.DirectBuffer;

/** Reads what a member really says to others, at the last instant before it leaves. */
final class ObservedPeers implements PeerLink {
    private final PeerLink link;
    private final Promises promises;
    private final MessageReader reader = new MessageReader();

    ObservedPeers(PeerLink link, Promises promises) {
        this.link = link;
        this.promises = promises;
    }

    @Override
    public int send(long memberId, PeerLane lane, DirectBuffer buffer, int offset, int length) {
        if (lane == PeerLane.URGENT && reader.templateId(buffer, offset, length) == RaftMessageDecoder.TEMPLATE_ID) {
            Message message = reader.read(0, memberId, buffer, offset, length);
            promises.onSend(message);
        }
        return link.send(memberId, lane, buffer, offset, length);
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
