package io.stele.transport.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.protocol.HeaderFlyweight;
import io.aeron.protocol.SetupFlyweight;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What anybody may send to the peer port as raw datagrams costs a bounded amount, and keeps no peer out for long. */
final class PeerFloodTest {
    private static final long CLUSTER = 0x5e1ec7;
    private static final int FORGED = 3_000;
    private static final int LANES = 2;
    private static final int BULK_TERM_LENGTH = 4 * 1024 * 1024;

    /** A stream from which nothing comes ends after a second; its sparse buffers go some seconds later. */
    private static final int GENERATIONS = 8;

    private static final long TIME_NS = TimeUnit.SECONDS.toNanos(60);

    @TempDir
    private Path directory;

    private final long startNs = System.nanoTime();
    private final Received received = new Received();

    @Test
    void shouldDropTheSetupsOfStrangersBeforeTheyCostAnything() throws IOException {
        Random random = new Random(5);
        PeerAddress address = new PeerAddress("127.0.0.1", freePort());
        try (AeronPeerLink link = open(new PeerIdentity(CLUSTER, 1, 11), address, "one")) {
            link.addPeer(2, new PeerAddress("127.0.0.1", freePort()));
            flood(link, address, ignored -> random.nextInt());
            assertTrue(link.counters().refused(PeerRefusal.UNKNOWN_STREAM) > FORGED / 2, "they were not looked at");
            assertTrue(imageCount("one") <= 4, "streams were let in: " + imageCount("one"));
        }
    }

    @Test
    void shouldLetInSoManyStreamsAndNoMoreThoughTheyNameAPeer() throws IOException {
        PeerAddress address = new PeerAddress("127.0.0.1", freePort());
        PeerAddress other = new PeerAddress("127.0.0.1", freePort());
        PeerIdentity two = new PeerIdentity(CLUSTER, 2, 22);
        PeerSessions forger = new PeerSessions(two, BULK_TERM_LENGTH, source -> {}, channel -> {});
        try (AeronPeerLink link = open(new PeerIdentity(CLUSTER, 1, 11), address, "one")) {
            link.addPeer(2, other);
            flood(link, address, i -> forger.outgoing(1, i % LANES == 0 ? PeerLane.URGENT : PeerLane.BULK, i));
            long images = imageCount("one");
            assertTrue(images > 0, "nothing was let in: the test forges badly");
            assertTrue(images <= (long) LANES * PeerDriver.SESSIONS_MAX * GENERATIONS, images + " streams were let in");
            try (AeronPeerLink peer = open(two, other, "two")) {
                peer.addPeer(1, address);
                Received atPeer = new Received();
                UnsafeBuffer hello = new UnsafeBuffer("hello".getBytes(StandardCharsets.US_ASCII));
                until("the real peer is heard", link, () -> {
                    peer.poll(atPeer, 100);
                    peer.send(1, PeerLane.URGENT, hello, 0, hello.capacity());
                    peer.flush();
                    return received.events.contains("2: hello");
                });
            }
        }
    }

    @Test
    void shouldGoOnAfterAnyGarbage() throws IOException {
        Random random = new Random(6);
        PeerAddress address = new PeerAddress("127.0.0.1", freePort());
        try (AeronPeerLink link = open(new PeerIdentity(CLUSTER, 1, 11), address, "one");
                DatagramSocket socket = new DatagramSocket()) {
            link.addPeer(2, new PeerAddress("127.0.0.1", freePort()));
            for (int i = 0; i < FORGED; i++) {
                byte[] garbage = new byte[random.nextInt(600)];
                random.nextBytes(garbage);
                if (garbage.length >= HeaderFlyweight.MIN_HEADER_LENGTH && i % 2 == 0) {
                    garbage[4] = HeaderFlyweight.CURRENT_VERSION;
                    garbage[6] = (byte) random.nextInt(16); // what the driver takes for one of its own frames
                    garbage[7] = 0;
                }
                send(socket, address, garbage, garbage.length);
                link.poll(received, 100);
            }
            assertTrue(imageCount("one") <= 4);
            assertEquals(0, received.frames.size());
        }
    }

    /** Session ids of a flood. */
    private interface Forgery {
        int sessionId(int i);
    }

    private void flood(AeronPeerLink link, PeerAddress address, Forgery forgery) throws IOException {
        SetupFlyweight setup = new SetupFlyweight(new UnsafeBuffer(new byte[SetupFlyweight.HEADER_LENGTH]));
        byte[] datagram = new byte[SetupFlyweight.HEADER_LENGTH];
        try (DatagramSocket socket = new DatagramSocket()) {
            for (int i = 0; i < FORGED; i++) {
                setup.termOffset(0)
                        .sessionId(forgery.sessionId(i))
                        .streamId(1 + i % LANES)
                        .initialTermId(i)
                        .activeTermId(i)
                        .termLength(64 * 1024)
                        .mtuLength(1408)
                        .ttl(0);
                setup.version(HeaderFlyweight.CURRENT_VERSION)
                        .flags((short) 0)
                        .headerType(HeaderFlyweight.HDR_TYPE_SETUP)
                        .frameLength(SetupFlyweight.HEADER_LENGTH);
                setup.getBytes(0, datagram);
                send(socket, address, datagram, datagram.length);
                link.poll(received, 100);
            }
        }
        for (int i = 0; i < 100; i++) {
            link.poll(received, 100);
        }
    }

    private static void send(DatagramSocket socket, PeerAddress to, byte[] bytes, int length) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), to.port());
        socket.send(new DatagramPacket(bytes, 0, length, address));
    }

    private long imageCount(String name) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve(name).resolve("images"))) {
            return files.filter(Files::isRegularFile).count();
        }
    }

    private AeronPeerLink open(PeerIdentity identity, PeerAddress address, String name) {
        return new AeronPeerLink(new PeerLinkContext()
                .identity(identity)
                .listen(address)
                .directory(directory.resolve(name))
                .mtu(PeerLinkContext.MTU_LOOPBACK));
    }

    private void until(String what, AeronPeerLink link, BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - startNs < TIME_NS, () -> "not within the time: " + what);
            link.poll(received, 100);
            link.flush();
            Thread.onSpinWait();
        }
    }

    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return socket.getLocalPort();
        }
    }
}
