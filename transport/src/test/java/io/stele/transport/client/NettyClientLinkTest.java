package io.stele.transport.client;

import io.stele.transport.codec.GoodbyeReason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** The contract over real sockets, on each kind of network thread. */
class NettyClientLinkTest {

    abstract static class OverSockets extends ClientLinkContract {
        private final NettyClientLink link = new NettyClientLink(context());

        abstract void configure(ClientLinkContext context);

        private ClientLinkContext context() {
            ClientLinkContext context = new ClientLinkContext()
                    .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .inFlightMax(IN_FLIGHT_MAX)
                    .connectionQueueBytesMax(QUEUE_BYTES_MAX);
            configure(context);
            return context;
        }

        @AfterEach
        void close() {
            link.close();
        }

        @Override
        ClientLink link() {
            return link;
        }

        @Override
        Peer connect() {
            SocketPeer peer = new SocketPeer(link.ports()[0]);
            peer.write(SocketPeer.hello(1 << 20));
            int before = recorder.connected.size();
            pollUntil(() -> recorder.connected.size() > before);
            var hello = CompletableFuture.supplyAsync(peer::receive);
            pollUntil(hello::isDone);
            return peer;
        }
    }

    @Nested
    class WithEpoll extends OverSockets {
        @Override
        void configure(ClientLinkContext context) {}
    }

    @Nested
    class WithNio extends OverSockets {
        @Override
        void configure(ClientLinkContext context) {
            context.useEpoll(false).loopCount(2);
        }
    }

    @Nested
    class WithSpinning extends OverSockets {
        @Override
        void configure(ClientLinkContext context) {
            context.spinNs(200_000).loopCount(2);
        }
    }

    @Nested
    class Driven extends OverSockets {
        @Override
        void configure(ClientLinkContext context) {
            context.driven(true);
        }

        /** The network runs within poll, so somebody has to poll while a client waits. */
        @Override
        Peer connect() {
            Peer peer = super.connect();
            return new Peer() {
                @Override
                public void send(DirectBuffer buffer, int offset, int length) {
                    peer.send(buffer, offset, length);
                }

                @Override
                public byte[] receive() {
                    var frame = CompletableFuture.supplyAsync(peer::receive);
                    pollUntil(frame::isDone);
                    return frame.join();
                }

                @Override
                public void cut() {
                    peer.cut();
                }

                @Override
                public GoodbyeReason reason() {
                    return peer.reason();
                }
            };
        }
    }
}
