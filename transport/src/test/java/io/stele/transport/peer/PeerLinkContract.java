package io.stele.transport.peer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.transport.SendResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every peer link promises. */
public abstract class PeerLinkContract {
    protected static final long CLUSTER = 0x5e1ec7;

    /** A link and what came through it. */
    protected static final class Member {
        final PeerIdentity identity;
        final PeerLink link;
        final PeerAddress address;
        final Received received = new Received();

        public Member(PeerIdentity identity, PeerLink link, PeerAddress address) {
            this.identity = identity;
            this.link = link;
            this.address = address;
        }

        int send(long to, PeerLane lane, String text) {
            return send(to, lane, text.getBytes(StandardCharsets.UTF_8));
        }

        int send(long to, PeerLane lane, byte[] frame) {
            return link.send(to, lane, new UnsafeBuffer(frame), 0, frame.length);
        }
    }

    private final List<Member> members = new ArrayList<>();

    /** A member that listens somewhere. */
    protected abstract Member open(PeerIdentity identity);

    /** A new life of a member, under its old address; the old one is closed. */
    protected abstract Member reopen(Member member, PeerIdentity identity);

    protected abstract boolean isTimeUp(long rounds);

    @AfterEach
    void closeAll() {
        members.forEach(member -> member.link.close());
    }

    private Member member(long id) {
        Member member = open(new PeerIdentity(CLUSTER, id, 100 + id));
        members.add(member);
        return member;
    }

    private static void introduce(Member a, Member b) {
        a.link.addPeer(b.identity.memberId(), b.address);
        b.link.addPeer(a.identity.memberId(), a.address);
    }

    private void until(String what, BooleanSupplier condition) {
        for (long round = 0; !condition.getAsBoolean(); round++) {
            assertFalse(isTimeUp(round), () -> "not within the time: " + what + "; " + describe());
            pollAll();
        }
    }

    private void pollAll() {
        for (Member member : members) {
            member.link.poll(member.received, 100);
            member.link.flush();
        }
    }

    private String describe() {
        StringBuilder text = new StringBuilder();
        for (Member member : members) {
            text.append(member.identity).append(member.received.events).append(' ');
        }
        return text.toString();
    }

    private void connect(Member a, Member b) {
        introduce(a, b);
        until(
                "connected",
                () -> a.link.isConnected(b.identity.memberId()) && b.link.isConnected(a.identity.memberId()));
    }

    @Test
    void shouldCarryFramesBothWaysOnBothLanes() {
        Member one = member(1);
        Member two = member(2);
        connect(one, two);
        assertEquals(SendResult.QUEUED, one.send(2, PeerLane.BULK, "entries"));
        assertEquals(SendResult.QUEUED, two.send(1, PeerLane.URGENT, "vote"));
        until("arrived", () -> one.received.frames.size() + two.received.frames.size() == 2);
        assertEquals(List.of("2 lives", "2: vote"), one.received.events);
        assertEquals(List.of("1 lives", "1: entries"), two.received.events);
        assertEquals(1, one.link.counters().framesSent());
        assertEquals(1, one.link.counters().framesReceived());
    }

    @Test
    void shouldKeepTheOrderWithinALane() {
        Member one = member(1);
        Member two = member(2);
        connect(one, two);
        for (int i = 0; i < 500; i++) {
            String text = "frame " + i;
            until("sent", () -> one.send(2, PeerLane.BULK, text) == SendResult.QUEUED);
        }
        until("arrived", () -> two.received.frames.size() == 500);
        for (int i = 0; i < 500; i++) {
            assertEquals("1: frame " + i, two.received.events.get(i + 1));
        }
    }

    @Test
    void shouldCarryFramesOfAnyLengthUpToItsLimit() {
        Member one = member(1);
        Member two = member(2);
        connect(one, two);
        Random random = new Random(7);
        int[] lengths = {1, 1300, 1400, 9_000, 70_000, 600_000, 3_000_000};
        for (PeerLane lane : PeerLane.values()) {
            for (int i = 0; i < lengths.length; i++) {
                byte[] frame = new byte[lengths[i]];
                random.nextBytes(frame);
                until("sent", () -> one.send(2, lane, frame) == SendResult.QUEUED);
                until("arrived", () -> two.received.frames.size() == 1);
                assertArrayEquals(frame, two.received.frames.remove(0));
            }
        }
        byte[] tooLong = new byte[one.link.frameLengthMax() + 1];
        assertEquals(SendResult.CLOSED, one.send(2, PeerLane.BULK, tooLong));
    }

    @Test
    void shouldNotSendToNobody() {
        Member one = member(1);
        assertEquals(SendResult.CLOSED, one.send(2, PeerLane.URGENT, "hello"));
        assertFalse(one.link.isConnected(2));
    }

    @Test
    void shouldNotTakeAnythingFromARemovedMember() {
        Member one = member(1);
        Member two = member(2);
        connect(one, two);
        two.link.removePeer(1);
        assertEquals(SendResult.CLOSED, two.send(1, PeerLane.URGENT, "still there?"));
        until("the stranger was noticed", () -> {
            one.send(2, PeerLane.URGENT, "here I am");
            return two.received.events.contains("1 is a stranger");
        });
        assertTrue(two.received.frames.isEmpty());
        introduce(one, two);
        until("known again", () -> {
            one.send(2, PeerLane.URGENT, "me again");
            return two.received.events.contains("1: me again");
        });
    }

    @Test
    void shouldNoticeANewLife() {
        Member one = member(1);
        Member two = member(2);
        connect(one, two);
        two.send(1, PeerLane.URGENT, "first life");
        until("arrived", () -> one.received.events.contains("2: first life"));

        Member again = reopen(two, new PeerIdentity(CLUSTER, 2, 999));
        members.remove(two);
        members.add(again);
        again.link.addPeer(1, one.address);
        until("heard from the new life", () -> {
            again.send(1, PeerLane.URGENT, "second life");
            return one.received.events.contains("2: second life");
        });
        until("the new life hears", () -> {
            one.send(2, PeerLane.BULK, "welcome");
            return again.received.events.contains("1: welcome");
        });
        assertEquals(2, one.received.events.stream().filter("2 lives"::equals).count());
    }

    @Test
    void shouldRefuseAnotherCluster() {
        Member one = member(1);
        Member foreign = open(new PeerIdentity(CLUSTER + 1, 2, 5));
        members.add(foreign);
        introduce(one, foreign);
        until("refused", () -> {
            foreign.send(1, PeerLane.URGENT, "join us");
            one.send(2, PeerLane.BULK, "no, you join us");
            return refusals(one) > 0 || refusals(foreign) > 0;
        });
        assertTrue(one.received.events.isEmpty());
        assertTrue(foreign.received.events.isEmpty());
    }

    private static long refusals(Member member) {
        PeerCounters counters = member.link.counters();
        return counters.refused(PeerRefusal.FOREIGN_CLUSTER) + counters.refused(PeerRefusal.UNKNOWN_STREAM);
    }
}
