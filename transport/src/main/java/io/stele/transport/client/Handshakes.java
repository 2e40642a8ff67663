package io.stele.transport.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.stele.transport.MessageSequence;
import io.stele.transport.ReplySplitter;
import io.stele.transport.RequestFrame;
import io.stele.transport.codec.ClientHelloDecoder;
import io.stele.transport.codec.ClientHelloEncoder;
import io.stele.transport.codec.GoodbyeEncoder;
import io.stele.transport.codec.GoodbyeReason;
import io.stele.transport.codec.MessageHeaderDecoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.PingReplyEncoder;
import io.stele.transport.codec.ServerHelloEncoder;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;

/** The messages that the network layer itself speaks. One per network thread; rare, so they are copied freely. */
final class Handshakes {
    private final ClientLinkContext context;
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final MessageHeaderDecoder headerDecoder = new MessageHeaderDecoder();
    private final ClientHelloDecoder helloDecoder = new ClientHelloDecoder();

    Handshakes(ClientLinkContext context) {
        this.context = context;
    }

    /** The frame as a ClientHello, null if it is none. */
    ClientHelloDecoder hello(DirectBuffer frame, int length) {
        if (RequestFrame.templateId(frame, 0) != ClientHelloDecoder.TEMPLATE_ID
                || MessageSequence.measure(frame, 0, length) != length) {
            return null;
        }
        return helloDecoder.wrapAndApplyHeader(frame, 0, headerDecoder);
    }

    static ByteBuf clientHello(ByteBufAllocator allocator, int frameLengthMax, String clientName) {
        MutableDirectBuffer message = new ExpandableArrayBuffer();
        ClientHelloEncoder encoder =
                new ClientHelloEncoder().wrapAndApplyHeader(message, 0, new MessageHeaderEncoder());
        encoder.wireVersion(FrameDescriptor.WIRE_VERSION).frameLengthMax(frameLengthMax);
        encoder.clientName(clientName).putCredentials(new byte[0], 0, 0);
        ByteBuf bytes = allocator.directBuffer();
        bytes.writeBytes(FrameDescriptor.preface().byteArray());
        return frame(bytes, message, encoder.limit());
    }

    ByteBuf serverHello(ByteBufAllocator allocator) {
        ServerHelloEncoder encoder = new ServerHelloEncoder().wrapAndApplyHeader(buffer, 0, headerEncoder);
        encoder.wireVersion(FrameDescriptor.WIRE_VERSION)
                .clusterId(context.clusterId)
                .memberId(context.memberId)
                .frameLengthMax(context.frameLengthMax())
                .inFlightMax(context.inFlightMax)
                .idleTimeoutMs(TimeUnit.NANOSECONDS.toMillis(context.idleTimeoutNs))
                .serverVersion(context.serverVersion)
                .memberName(context.memberName);
        return frame(allocator.directBuffer(), buffer, encoder.limit());
    }

    ByteBuf goodbye(ByteBufAllocator allocator, GoodbyeReason reason, String text) {
        GoodbyeEncoder encoder = new GoodbyeEncoder().wrapAndApplyHeader(buffer, 0, headerEncoder);
        byte[] textBytes = text.getBytes(UTF_8);
        encoder.reason(reason).putText(textBytes, 0, textBytes.length);
        return frame(allocator.directBuffer(), buffer, encoder.limit());
    }

    ByteBuf pong(ByteBufAllocator allocator, DirectBuffer ping) {
        PingReplyEncoder encoder = new PingReplyEncoder().wrapAndApplyHeader(buffer, 0, headerEncoder);
        encoder.correlationId(ReplySplitter.correlationId(ping, 0)).revision(0).raftTerm(0);
        encoder.flags().clear();
        return frame(allocator.directBuffer(), buffer, encoder.limit());
    }

    private static ByteBuf frame(ByteBuf bytes, DirectBuffer message, int length) {
        bytes.writeIntLE(length);
        bytes.writeBytes(message.byteArray(), 0, length);
        return bytes;
    }
}
