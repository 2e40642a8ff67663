package io.stele.simulator.planted;

import io.stele.consensus.MessageType;
import io.stele.transport.peer.codec.MessageHeaderDecoder;
import io.stele.transport.peer.codec.RaftMessageDecoder;
import io.stele.transport.peer.codec.RaftMessageEncoder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A copy of a frame between members, to be changed on its way. */
final class PeerFrame {
    static final int BODY = MessageHeaderDecoder.ENCODED_LENGTH;

    final UnsafeBuffer bytes;
    final int templateId;
    private final RaftMessageDecoder decoder = new RaftMessageDecoder();
    private final RaftMessageEncoder encoder = new RaftMessageEncoder();

    PeerFrame(DirectBuffer buffer, int offset, int length) {
        byte[] copy = new byte[length];
        buffer.getBytes(offset, copy);
        bytes = new UnsafeBuffer(copy);
        MessageHeaderDecoder header = new MessageHeaderDecoder().wrap(bytes, 0);
        templateId = header.templateId();
        if (templateId == RaftMessageDecoder.TEMPLATE_ID) {
            decoder.wrap(bytes, BODY, header.blockLength(), header.version());
            encoder.wrap(bytes, BODY);
        }
    }

    boolean is(MessageType type) {
        return templateId == RaftMessageDecoder.TEMPLATE_ID && decoder.messageType() == type.code();
    }

    RaftMessageDecoder raft() {
        return decoder;
    }

    RaftMessageEncoder change() {
        return encoder;
    }
}
