package io.stele.transport.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.PingReplyEncoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections from within the process. */
@Timeout(60)
class LocalConnectionTest {
    private final NettyClientLink link = new NettyClientLink(
            new ClientLinkContext().address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    private final EventLoop thread = new DefaultEventLoop();
    private final AtomicLong connected = new AtomicLong();
    private final AtomicLong disconnected = new AtomicLong();

    private final ClientHandler node = new ClientHandler() {
        @Override
        public void onConnected(long connectionId) {
            connected.set(connectionId);
        }

        @Override
        public void onRequest(long connectionId, DirectBuffer buffer, int offset, int length) {
            // nothing is asked
        }

        @Override
        public void onDisconnected(long connectionId) {
            disconnected.set(connectionId);
        }
    };

    @AfterEach
    void close() {
        thread.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly();
        link.close();
    }

    @Test
    void shouldEndWhatCannotTakeAReply() throws Exception {
        CompletableFuture<String> closed = new CompletableFuture<>();
        CopyOnWriteArrayList<Integer> lengths = new CopyOnWriteArrayList<>();
        LocalHandler handler = new LocalHandler() {
            @Override
            public void onReply(DirectBuffer buffer, int offset, int length) {
                lengths.add(length);
                throw new IllegalStateException("I do not understand");
            }

            @Override
            public void onClosed(String reason) {
                closed.complete(reason);
            }
        };
        thread.submit(() -> link.connect(thread, handler)).get();
        while (connected.get() == 0) {
            link.poll(node, 10);
        }
        ExpandableArrayBuffer reply = new ExpandableArrayBuffer();
        PingReplyEncoder encoder = new PingReplyEncoder().wrapAndApplyHeader(reply, 0, new MessageHeaderEncoder());
        encoder.correlationId(0).revision(0).raftTerm(0).flags().clear();
        link.send(connected.get(), reply, 0, encoder.limit());
        link.send(connected.get(), reply, 0, encoder.limit());
        link.flush();
        assertTrue(closed.get(30, TimeUnit.SECONDS).contains("I do not understand"));
        while (disconnected.get() == 0) {
            link.poll(node, 10);
        }
        assertEquals(connected.get(), disconnected.get());
        assertEquals(1, lengths.size(), "nothing is delivered behind what was not taken");
    }
}
