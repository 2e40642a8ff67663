package io.stele.server.node;

import io.stele.transport.peer.PeerHandler;
import io.stele.transport.peer.codec.MessageHeaderDecoder;
import io.stele.transport.peer.codec.RaftMessageDecoder;
import org.agrona.DirectBuffer;

/** Of what peers say, only what the core hears. All other frames are lost, as a network may lose them. */
final class RaftFrames implements PeerHandler {
    private final PeerHandler handler;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();

    RaftFrames(PeerHandler handler) {
        this.handler = handler;
    }

    @Override
    public void onFrame(long memberId, DirectBuffer buffer, int offset, int length) {
        if (length >= MessageHeaderDecoder.ENCODED_LENGTH
                && header.wrap(buffer, offset).templateId() == RaftMessageDecoder.TEMPLATE_ID) {
            handler.onFrame(memberId, buffer, offset, length);
        }
    }

    @Override
    public void onNewLife(long memberId) {
        handler.onNewLife(memberId);
    }

    @Override
    public void onStranger(long memberId) {
        handler.onStranger(memberId);
    }

    @Override
    public void onGone(long memberId) {
        handler.onGone(memberId);
    }

    @Override
    public void onDoubted(long memberId) {
        handler.onDoubted(memberId);
    }

    @Override
    public void onTakenForClone(long memberId) {
        handler.onTakenForClone(memberId);
    }
}
