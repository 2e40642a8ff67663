package io.stele.transport.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AeronPeerLinkTest extends PeerLinkContract {
    private static final long TIME_NS = TimeUnit.SECONDS.toNanos(60);

    @TempDir
    private Path directory;

    private final long startNs = System.nanoTime();
    private int linkCount;

    @Override
    protected Member open(PeerIdentity identity) {
        return open(identity, new PeerAddress("127.0.0.1", freePort()));
    }

    private Member open(PeerIdentity identity, PeerAddress address) {
        PeerLink link = new AeronPeerLink(new PeerLinkContext()
                .identity(identity)
                .listen(address)
                .directory(directory.resolve("aeron-" + linkCount++))
                .mtu(PeerLinkContext.MTU_LOOPBACK));
        return new Member(identity, link, address);
    }

    @Override
    protected Member reopen(Member member, PeerIdentity identity) {
        member.link.close();
        return open(identity, member.address);
    }

    @Override
    protected boolean isTimeUp(long rounds) {
        Thread.onSpinWait();
        return System.nanoTime() - startNs > TIME_NS;
    }

    private static int freePort() {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldTakeNothingBeforeThereIsAPeerAndLeaveNothingBehind() {
        Member one = open(new PeerIdentity(CLUSTER, 1, 11));
        Path buffers = directory.resolve("aeron-0");
        assertFalse(Files.exists(buffers));
        one.link.addPeer(2, new PeerAddress("127.0.0.1", freePort()));
        assertTrue(Files.exists(buffers));
        one.link.close();
        assertFalse(Files.exists(buffers));
    }

    @Test
    void shouldSayWhereItCannotListen() throws IOException {
        try (DatagramSocket taken = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            PeerAddress address = new PeerAddress("127.0.0.1", taken.getLocalPort());
            Member one = open(new PeerIdentity(CLUSTER, 1, 11), address);
            String message = org.junit.jupiter.api.Assertions.assertThrows(
                            IllegalStateException.class, () -> one.link.addPeer(2, new PeerAddress("127.0.0.1", 9)))
                    .getMessage();
            assertTrue(message.startsWith("cannot listen for peers on 127.0.0.1:"), message);
            assertEquals(1, message.lines().count(), message);
            one.link.close();
        }
    }

    @Test
    void shouldHearFromThePeersHostThatItsProcessHasEnded() {
        Member one = open(new PeerIdentity(CLUSTER, 1, 11));
        Member two = open(new PeerIdentity(CLUSTER, 2, 22));
        try (one.link;
                two.link) {
            one.link.addPeer(2, two.address);
            two.link.addPeer(1, one.address);
            for (long round = 0; !one.link.isConnected(2) || !two.link.isConnected(1); round++) {
                assertFalse(isTimeUp(round), "they do not find each other");
                one.link.poll(one.received, 100);
                two.link.poll(two.received, 100);
            }
            one.received.gone.clear(); // it may have come first
            two.link.close();
            for (long round = 0; !one.received.gone.contains(2L); round++) {
                assertFalse(isTimeUp(round), "nobody says so");
                one.send(2, PeerLane.URGENT, "are you there?");
                one.link.poll(one.received, 100);
                one.link.flush();
            }
        }
    }

    @Test
    void shouldTellACloneThatItIsNone() {
        Member one = open(new PeerIdentity(CLUSTER, 1, 11));
        Member two = open(new PeerIdentity(CLUSTER, 2, 22));
        Member clone = open(new PeerIdentity(CLUSTER, 2, 33));
        try (one.link;
                two.link;
                clone.link) {
            one.link.addPeer(2, two.address);
            two.link.addPeer(1, one.address);
            for (long round = 0; one.received.frames.isEmpty(); round++) {
                assertFalse(isTimeUp(round), "they do not find each other");
                two.send(1, PeerLane.URGENT, "the member");
                one.link.poll(one.received, 100);
                two.link.poll(two.received, 100);
            }
            clone.link.addPeer(1, one.address);
            for (long round = 0; clone.received.takenForCloneBy.isEmpty(); round++) {
                assertFalse(isTimeUp(round), "nobody says so");
                clone.send(1, PeerLane.URGENT, "the clone");
                one.link.poll(one.received, 100);
                two.link.poll(two.received, 100);
                clone.link.poll(clone.received, 100);
                one.link.flush();
            }
            assertEquals(List.of(1L), clone.received.takenForCloneBy.subList(0, 1));
            assertEquals(List.of(), two.received.takenForCloneBy);
            assertFalse(one.received.events.contains("2: the clone"));
        }
    }

    @Test
    void shouldOnlyLetItsPeersStreamsIn() {
        PeerSessions one = new PeerSessions(new PeerIdentity(CLUSTER, 1, 11), 4096, source -> {}, channel -> {});
        PeerSessions two = new PeerSessions(new PeerIdentity(CLUSTER, 2, 22), 4096, source -> {}, channel -> {});
        int session = two.outgoing(1, PeerLane.BULK, 0);
        assertFalse(one.isAllowed(session, 4096, 1408));
        one.allow(new long[] {2, 3});
        assertTrue(one.isAllowed(session, 4096, 1408));
        assertFalse(one.isAllowed(session, 8192, 1408), "buffers too long");
        assertTrue(one.isAllowed(two.outgoing(1, PeerLane.URGENT, 7), 4096, 1408));
        assertFalse(one.isAllowed(two.outgoing(3, PeerLane.BULK, 0), 4096, 1408), "meant for another");
        int let = 0;
        for (int i = 0; i < 100_000; i++) {
            let += one.isAllowed(i * 0x9E3779B9, 4096, 1408) ? 1 : 0;
        }
        assertTrue(let < 10, "guessed " + let);
    }
}
