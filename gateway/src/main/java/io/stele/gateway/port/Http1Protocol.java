package io.stele.gateway.port;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.stele.transport.client.PortProtocol;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;
import org.agrona.DirectBuffer;

/** HTTP/1.1: told by the method that every request starts with. */
public final class Http1Protocol implements PortProtocol {
    private static final List<byte[]> METHODS = List.of(
            bytes("GET "),
            bytes("POST "),
            bytes("PUT "),
            bytes("HEAD "),
            bytes("DELETE "),
            bytes("OPTIONS "),
            bytes("PATCH "),
            bytes("TRACE "),
            bytes("CONNECT "));

    private final BiConsumer<Channel, ByteBuf> adopter;

    public Http1Protocol(BiConsumer<Channel, ByteBuf> adopter) {
        this.adopter = adopter;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public Match sniff(DirectBuffer bytes, int length) {
        Match best = Match.NO;
        for (byte[] method : METHODS) {
            if (startsAlike(bytes, Math.min(length, method.length), method)) {
                if (length >= method.length) {
                    return Match.YES;
                }
                best = Match.MORE;
            }
        }
        return best;
    }

    private static boolean startsAlike(DirectBuffer bytes, int length, byte[] method) {
        for (int i = 0; i < length; i++) {
            if (bytes.getByte(i) != method[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void adopt(Channel channel, ByteBuf received) {
        adopter.accept(channel, received);
    }
}
