package io.stele.gateway.port;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.stele.transport.client.PortProtocol;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import org.agrona.DirectBuffer;

/** HTTP/2 with prior knowledge, which is what gRPC speaks without TLS: told by its preface. */
public final class Http2Protocol implements PortProtocol {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final BiConsumer<Channel, ByteBuf> adopter;

    public Http2Protocol(BiConsumer<Channel, ByteBuf> adopter) {
        this.adopter = adopter;
    }

    @Override
    public Match sniff(DirectBuffer bytes, int length) {
        for (int i = 0; i < Math.min(length, PREFACE.length); i++) {
            if (bytes.getByte(i) != PREFACE[i]) {
                return Match.NO;
            }
        }
        return length >= PREFACE.length ? Match.YES : Match.MORE;
    }

    @Override
    public void adopt(Channel channel, ByteBuf received) {
        adopter.accept(channel, received);
    }
}
