package io.stele.simulator.cluster;

import io.stele.consensus.Message;
import io.stele.server.peer.MessageReader;
import io.stele.simulator.cluster.check.Promises;
import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.PeerLink;
import io.stele.transport.peer.codec.RaftMessageDecoder;
import io.stele.transport.peer.sim.ForwardingPeerLink;
import org.agrona.DirectBuffer;

/** Reads what a member really says to others, at the last instant before it leaves. */
final class ObservedPeers extends ForwardingPeerLink {
    private final Promises promises;
    private final MessageReader reader = new MessageReader();

    ObservedPeers(PeerLink link, Promises promises) {
        super(link);
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
}
