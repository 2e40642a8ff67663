package io.stele.transport.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.util.ResourceLeakDetector;
import io.stele.transport.ReplySplitter;
import io.stele.transport.Requests;
import io.stele.transport.codec.GoodbyeReason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What arrives from those who mean harm, or just speak something else. */
@Timeout(120)
class HostileClientTest {
    private static final int REQUEST_BYTES_MAX = 64 * 1024;

    private static final AtomicInteger LEAKS = new AtomicInteger();

    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    private final Echo echo = new Echo();
    private final ClientLinkContext context = new ClientLinkContext()
            .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .requestBytesMax(REQUEST_BYTES_MAX)
            .loopCount(1);
    private NettyClientLink link;
    private Thread node;
    private volatile boolean isDone;

    /** Answers every request with a pair of the same correlation id. */
    private final class Echo implements ClientHandler {
        private final ExpandableArrayBuffer reply = new ExpandableArrayBuffer();
        volatile int connectedCount;
        volatile int disconnectedCount;

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
        public void onConnected(long connectionId) {
            connectedCount++;
        }

        @Override
        public void onRequest(long connectionId, DirectBuffer frame, int offset, int length) {
            long correlationId = ReplySplitter.correlationId(frame, offset);
            link.send(connectionId, reply, 0, Requests.txnReply(reply, 0, correlationId, 0));
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
        public void onDisconnected(long connectionId) {
            disconnectedCount++;
        }
    }

    @BeforeEach
    void start() {
        assertEquals(ResourceLeakDetector.Level.PARANOID, ResourceLeakDetector.getLevel());
        ByteBufUtil.setLeakListener((type, records) -> LEAKS.incrementAndGet());
    }

    private void open() {
        link = new NettyClientLink(context);
        node = new Thread(() -> {
            while (!isDone) {
                if (link.poll(echo, 100) == 0) {
                    LockSupport.parkNanos(1000);
                }
                link.flush();
            }
            link.close();
        });
        node.start();
    }

    @AfterEach
    void close() throws InterruptedException {
        isDone = true;
        node.join();
    }

    /** The detector looks when a buffer is allocated, and only logs unless it is asked to tell. */
    @AfterAll
    static void shouldHaveLeakedNothing() {
        System.gc();
        for (int i = 0; i < 1000; i++) {
            ByteBufAllocator.DEFAULT.directBuffer(16).release();
        }
        ByteBufUtil.setLeakListener(null);
        assertEquals(0, LEAKS.get());
    }

    private SocketPeer peer() {
        return new SocketPeer(link.ports()[0]);
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    private void shouldStillServe() {
        SocketPeer peer = peer();
        peer.handshake();
        int end = Requests.put(buffer, 0, 4711, "key", new byte[100]);
        peer.send(buffer, 0, end);
        assertEquals(4711, ReplySplitter.correlationId(new UnsafeBuffer(peer.receive()), 0));
        peer.cut();
    }

    private static byte[] withLength(int length) {
        byte[] bytes = new byte[64];
        new UnsafeBuffer(bytes).putInt(0, length, java.nio.ByteOrder.LITTLE_ENDIAN);
        return bytes;
    }

    @Test
    void shouldRefuseEveryWrongLengthWithAReason() {
        open();
        int frameLengthMax = context.frameLengthMax();
        int[] lengths = {
            -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0, 1, 7, frameLengthMax + 1, 1 << 30, -(1 << 20), 0x50545448
        };
        for (int length : lengths) {
            SocketPeer peer = peer();
            peer.handshake();
            peer.write(withLength(length));
            assertNull(peer.receive());
            assertEquals(GoodbyeReason.BAD_LENGTH, peer.reason(), "length " + length);
            SocketPeer early = peer();
            early.write(Arrays.copyOf(SocketPeer.hello(1), 8));
            early.write(withLength(length > 0 ? Math.max(length, 16 * 1024 + 1) : length));
            assertNull(early.receive());
            assertEquals(GoodbyeReason.BAD_LENGTH, early.reason(), "length " + length + " before the handshake");
        }
        shouldStillServe();
    }

    @Test
    void shouldAcceptTheLongestFrameAndRefuseOneByteMore() {
        open();
        int overhead = Requests.put(buffer, 0, 1, "k", new byte[0]);
        int longest = context.frameLengthMax() - overhead;
        for (int extra = -1; extra <= 1; extra++) {
            SocketPeer peer = peer();
            peer.handshake();
            int end = Requests.put(buffer, 0, 9, "k", new byte[longest + extra]);
            peer.send(buffer, 0, end);
            byte[] reply = peer.receive();
            assertEquals(extra > 0, reply == null, "longest + " + extra);
            peer.cut();
        }
    }

    @Test
    void shouldTellWhoSpeaksSomethingElse() {
        open();
        String[] others = {
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "\u0016\u0003\u0001\u0002",
            "STELLA"
        };
        for (String other : others) {
            SocketPeer peer = peer();
            peer.write(other.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            assertNull(peer.receive());
            assertEquals(GoodbyeReason.BAD_PREFACE, peer.reason(), other);
        }
        SocketPeer future = peer();
        future.write(new byte[] {'S', 'T', 'E', 'L', 'E', 0, 2, '\n'});
        assertNull(future.receive());
        assertEquals(GoodbyeReason.UNSUPPORTED_VERSION, future.reason());
        SocketPeer impatient = peer();
        impatient.write(Arrays.copyOf(SocketPeer.hello(1), 8));
        impatient.send(buffer, 0, Requests.put(buffer, 0, 1, "key", new byte[1]));
        assertNull(impatient.receive());
        assertEquals(GoodbyeReason.UNKNOWN_MESSAGE, impatient.reason());
    }

    @Test
    void shouldReadWhatArrivesByteByByte() {
        open();
        SocketPeer peer = peer();
        for (byte b : SocketPeer.hello(1 << 20)) {
            peer.write(new byte[] {b});
        }
        peer.receive();
        for (int round = 0; round < 20; round++) {
            int end = Requests.put(buffer, 0, round, "key", new byte[round * 3]);
            for (byte b : SocketPeer.framed(buffer, 0, end)) {
                peer.write(new byte[] {b});
            }
            assertEquals(round, ReplySplitter.correlationId(new UnsafeBuffer(peer.receive()), 0));
        }
        peer.cut();
    }

    @Test
    void shouldReadFramesCutAnywhere() {
        open();
        Random random = new Random(5);
        SocketPeer peer = peer();
        peer.handshake();
        byte[] stream = new byte[0];
        List<Long> sent = new ArrayList<>();
        for (long i = 0; i < 400; i++) {
            int end =
                    Requests.put(buffer, 0, i, "key", new byte[random.nextInt(10) == 0 ? 50_000 : random.nextInt(300)]);
            byte[] frame = SocketPeer.framed(buffer, 0, end);
            int length = stream.length;
            stream = Arrays.copyOf(stream, length + frame.length);
            System.arraycopy(frame, 0, stream, length, frame.length);
            sent.add(i);
        }
        int position = 0;
        while (position < stream.length) {
            int length = Math.min(stream.length - position, 1 + random.nextInt(random.nextBoolean() ? 100 : 90_000));
            peer.write(Arrays.copyOfRange(stream, position, position + length));
            position += length;
        }
        for (long expected : sent) {
            assertEquals(expected, ReplySplitter.correlationId(new UnsafeBuffer(peer.receive()), 0));
        }
        peer.cut();
    }

    @Test
    void shouldSurviveRandomBytes() {
        open();
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            SocketPeer peer = peer();
            if (random.nextInt(4) > 0) {
                peer.handshake();
            }
            for (int i = random.nextInt(4); i >= 0; i--) {
                byte[] bytes = new byte[1 + random.nextInt(3000)];
                random.nextBytes(bytes);
                if (random.nextInt(3) > 0) {
                    // A plausible frame, damaged.
                    int end = Requests.txn(buffer, 0, 1, 1, 1);
                    end = Requests.compare(buffer, end, "c");
                    end = Requests.put(buffer, end, 0, "a", new byte[random.nextInt(100)]);
                    end = Requests.put(buffer, end, 0, "b", new byte[random.nextInt(100)]);
                    bytes = SocketPeer.framed(buffer, 0, end);
                    bytes[4 + random.nextInt(bytes.length - 4)] = (byte) random.nextInt();
                }
                peer.write(bytes);
            }
            peer.cut();
        }
        until(() -> link.connectionCount() == 0);
        until(() -> echo.disconnectedCount == echo.connectedCount);
        shouldStillServe();
    }

    @Test
    void shouldHangUpOnThoseWhoSayNothing() {
        context.handshakeTimeoutNs(TimeUnit.MILLISECONDS.toNanos(50));
        open();
        List<SocketPeer> silent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            SocketPeer peer = peer();
            if (i % 2 == 1) {
                peer.write(Arrays.copyOf(SocketPeer.hello(1), 1 + i));
            }
            silent.add(peer);
        }
        for (SocketPeer peer : silent) {
            assertNull(peer.receive());
            assertEquals(GoodbyeReason.HANDSHAKE_TIMEOUT, peer.reason());
        }
    }

    @Test
    void shouldHangUpOnThoseWhoDoNotFinishWhatTheyStarted() {
        context.frameTimeoutNs(TimeUnit.MILLISECONDS.toNanos(50));
        open();
        SocketPeer idle = peer();
        idle.handshake();
        SocketPeer half = peer();
        half.handshake();
        byte[] frame = SocketPeer.framed(buffer, 0, Requests.put(buffer, 0, 1, "key", new byte[100]));
        half.write(Arrays.copyOf(frame, frame.length - 1));
        assertNull(half.receive());
        assertEquals(GoodbyeReason.FRAME_TIMEOUT, half.reason());
        // Silence between frames is nobody's fault.
        idle.write(frame);
        assertEquals(1, ReplySplitter.correlationId(new UnsafeBuffer(idle.receive()), 0));
        idle.cut();
    }

    @Test
    void shouldForgetThoseWhoHangUpHalfWay() {
        open();
        for (int i = 0; i < 100; i++) {
            SocketPeer peer = peer();
            byte[] hello = SocketPeer.hello(1 << 20);
            peer.write(Arrays.copyOf(hello, i % (hello.length + 1)));
            if (i % 2 == 0) {
                peer.endOutput();
                assertTrue(peer.receive() == null || i % (hello.length + 1) == hello.length);
            }
            peer.cut();
        }
        until(() -> link.connectionCount() == 0);
        until(() -> echo.disconnectedCount == echo.connectedCount);
        shouldStillServe();
    }

    @Test
    void shouldLimitConnections() {
        context.connectionsMax(3);
        open();
        List<SocketPeer> peers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            SocketPeer peer = peer();
            peer.handshake();
            peers.add(peer);
        }
        SocketPeer fourth = peer();
        assertNull(fourth.receive());
        assertEquals(GoodbyeReason.TOO_MANY_CONNECTIONS, fourth.reason());
        peers.get(0).cut();
        until(() -> link.connectionCount() <= 2);
        shouldStillServe();
        peers.forEach(SocketPeer::cut);
    }

    @Test
    void shouldLimitConnectionsOfOneAddress() {
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        context.connectionsMax(10).connectionsPerAddressMax(2).goodbyes((reason, remote, text) -> told.add(text));
        open();
        SocketPeer first = peer();
        first.handshake();
        SocketPeer silent = peer();
        until(() -> link.connectionCount() == 2);
        SocketPeer third = peer();
        assertNull(third.receive());
        assertEquals(GoodbyeReason.TOO_MANY_CONNECTIONS, third.reason());
        assertEquals("the limit of 2 for one address is reached", third.reasonText());
        assertEquals(List.of(third.reasonText()), told);
        third.cut();
        silent.cut();
        until(() -> link.connectionCount() == 1);
        shouldStillServe();
        first.cut();
    }

    @Test
    void shouldBoundTheMemoryOfUnfinishedFrames() {
        context.partialBytesMax(1024 * 1024);
        open();
        byte[] frame = SocketPeer.framed(buffer, 0, Requests.put(buffer, 0, 1, "key", new byte[300_000]));
        List<SocketPeer> peers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            SocketPeer peer = peer();
            peer.handshake();
            peer.write(Arrays.copyOf(frame, frame.length - 1));
            peers.add(peer);
        }
        until(() -> link.goodbyeCount(GoodbyeReason.OVERLOADED) > 0);
        // Whoever was not refused is served in the end.
        int served = 0;
        int refused = 0;
        for (SocketPeer peer : peers) {
            peer.write(new byte[] {frame[frame.length - 1]});
            if (peer.receive() != null) {
                served++;
            } else {
                refused++;
            }
            peer.cut();
        }
        assertTrue(served >= 1 && refused >= 1, served + " served, " + refused + " refused");
        until(() -> link.connectionCount() == 0);
        shouldStillServe();
    }

    @Test
    void shouldShareThePortWithOtherProtocols() {
        List<String> adopted = new ArrayList<>();
        context.protocol(new PortProtocol() {
            @Override
            public Match sniff(DirectBuffer bytes, int length) {
                String expected = "GET ";
                for (int i = 0; i < Math.min(length, expected.length()); i++) {
                    if (bytes.getByte(i) != expected.charAt(i)) {
                        return Match.NO;
                    }
                }
                return length >= expected.length() ? Match.YES : Match.MORE;
            }

            @Override
            public void adopt(Channel channel, ByteBuf received) {
                synchronized (adopted) {
                    adopted.add(received.toString(java.nio.charset.StandardCharsets.US_ASCII));
                }
                received.release();
                var unused = channel.close();
            }
        });
        open();
        SocketPeer web = peer();
        for (byte b : "GET ".getBytes(java.nio.charset.StandardCharsets.US_ASCII)) {
            web.write(new byte[] {b});
        }
        assertNull(web.receive());
        assertNull(web.reason());
        until(() -> link.connectionCount() == 0);
        synchronized (adopted) {
            assertEquals(List.of("GET "), adopted);
        }
        shouldStillServe();
    }
}
