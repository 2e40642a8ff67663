package io.stele.transport.peer.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.transport.SendResult;
import io.stele.transport.peer.PeerAddress;
import io.stele.transport.peer.PeerIdentity;
import io.stele.transport.peer.PeerLane;
import io.stele.transport.peer.PeerLink;
import io.stele.transport.peer.PeerLinkContract;
import io.stele.transport.peer.PeerRefusal;
import io.stele.transport.peer.Received;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class SimPeerLinkTest extends PeerLinkContract {
    private static final PeerAddress NOWHERE = new PeerAddress("sim", 1);

    private long nowNs;
    private final Storm storm = new Storm();
    private final SimPeerNetwork network = new SimPeerNetwork(() -> nowNs, storm);

    /** Bad weather, as each test wants it. */
    private static final class Storm implements SimPeerWeather {
        private long delayNs;
        private boolean repeats;
        private int flippedBit = -1;
        private boolean connected = true;
        private boolean full;

        @Override
        public long delayNs(long from, long to, PeerLane lane, int length) {
            return delayNs;
        }

        @Override
        public boolean repeats(long from, long to, PeerLane lane, int length) {
            return repeats;
        }

        @Override
        public int flippedBit(long from, long to, int bits) {
            return flippedBit;
        }

        @Override
        public boolean isConnected(long from, long to) {
            return connected;
        }

        @Override
        public boolean isBackPressured(long from, long to, PeerLane lane) {
            return full;
        }
    }

    @Override
    protected Member open(PeerIdentity identity) {
        return new Member(identity, network.open(identity), NOWHERE);
    }

    @Override
    protected Member reopen(Member member, PeerIdentity identity) {
        return open(identity);
    }

    @Override
    protected boolean isTimeUp(long rounds) {
        return rounds > 1_000;
    }

    private PeerLink link(long id, long peer) {
        PeerLink link = network.open(new PeerIdentity(CLUSTER, id, 10 + id));
        link.addPeer(peer, NOWHERE);
        return link;
    }

    private static int send(PeerLink link, long to, String text) {
        byte[] frame = text.getBytes(StandardCharsets.UTF_8);
        return link.send(to, PeerLane.BULK, new UnsafeBuffer(frame), 0, frame.length);
    }

    @Test
    void shouldDoToFramesWhatTheWeatherSays() {
        PeerLink one = link(1, 2);
        PeerLink two = link(2, 1);
        Received received = new Received();
        storm.delayNs = 50;
        send(one, 2, "late");
        storm.delayNs = 10;
        send(one, 2, "early");
        storm.delayNs = -1;
        assertEquals(SendResult.QUEUED, send(one, 2, "lost"));
        storm.delayNs = 60;
        storm.repeats = true;
        send(one, 2, "twice");
        assertEquals(0, two.poll(received, 10));
        assertEquals(10, network.nextArrivalNs());
        nowNs = 60;
        two.poll(received, 10);
        assertEquals(List.of("1 lives", "1: early", "1: late", "1: twice", "1: twice"), received.events);
        assertEquals(Long.MAX_VALUE, network.nextArrivalNs());
    }

    @Test
    void shouldDropWhatWasFlipped() {
        PeerLink one = link(1, 2);
        PeerLink two = link(2, 1);
        Received received = new Received();
        for (int bit = 0; bit < 8 * (48 + 5); bit++) {
            storm.flippedBit = bit;
            send(one, 2, "hello");
            two.poll(received, 10);
        }
        assertTrue(received.events.isEmpty(), received.events::toString);
        storm.flippedBit = -1;
        send(one, 2, "hello");
        two.poll(received, 10);
        assertEquals(List.of("1 lives", "1: hello"), received.events);
    }

    @Test
    void shouldRefuseWhatTheWeatherRefuses() {
        PeerLink one = link(1, 2);
        PeerLink two = link(2, 1);
        storm.full = true;
        assertEquals(SendResult.BACK_PRESSURED, send(one, 2, "x"));
        storm.connected = false;
        assertEquals(SendResult.NOT_CONNECTED, send(one, 2, "x"));
        assertFalse(two.isConnected(1));
        network.drop(1);
        assertEquals(SendResult.CLOSED, send(one, 2, "from the dead"));
    }

    @Test
    void shouldTellACloneThatItIsNone() {
        PeerLink one = link(1, 2);
        PeerLink clone = network.openBeside(new PeerIdentity(CLUSTER, 1, 77));
        clone.addPeer(2, NOWHERE);
        PeerLink two = link(2, 1);
        Received received = new Received();
        Received ofOne = new Received();
        Received ofClone = new Received();
        send(one, 2, "a");
        for (int i = 0; i < 4; i++) {
            nowNs += 50_000_000;
            send(clone, 2, "b");
            two.poll(received, 10);
            one.poll(ofOne, 10);
            clone.poll(ofClone, 10);
        }
        assertEquals(List.of("1 lives", "1: a"), received.events);
        assertTrue(two.counters().refused(PeerRefusal.CLONE) > 0);
        assertEquals(List.of(), ofOne.takenForCloneBy);
        assertEquals(2L, ofClone.takenForCloneBy.get(0));
    }
}
