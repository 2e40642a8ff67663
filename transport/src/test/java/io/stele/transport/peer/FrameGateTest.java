package io.stele.transport.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class FrameGateTest {
    private static final int LENGTH_MAX = 10_000;

    private final PeerCounters counters = new PeerCounters();
    private final Received received = new Received();
    private final List<String> said = new ArrayList<>();
    private final FrameGate gate = new FrameGate(
            new PeerIdentity(1, 2, 3), LENGTH_MAX, counters, (reason, sender, cluster) -> {}, new FrameGate.Outlet() {
                @Override
                public void send(long memberId, byte kind, long question) {
                    said.add((kind == PeerFrameDescriptor.QUESTION ? "ask " : "answer ") + memberId);
                    lastQuestion = question;
                }

                @Override
                public void refuse(long memberId) {
                    said.add("refuse " + memberId);
                }
            });
    private long lastQuestion;
    private long nowMs;
    private final FrameSealer sealer = new FrameSealer(new PeerIdentity(1, 9, 4));

    private final FrameSealer laterLife = new FrameSealer(new PeerIdentity(1, 9, 5));

    private UnsafeBuffer piece(byte[] frame, int from, int to) {
        return piece(sealer, frame, from, to);
    }

    private static UnsafeBuffer piece(FrameSealer sealer, byte[] frame, int from, int to) {
        UnsafeBuffer body = new UnsafeBuffer(frame);
        sealer.seal(2, PeerLane.BULK, frame.length, from, body, from, to - from);
        UnsafeBuffer piece = new UnsafeBuffer(new byte[sealer.headerLength() + to - from]);
        piece.putBytes(0, sealer.header(), 0, sealer.headerLength());
        piece.putBytes(sealer.headerLength(), body, from, to - from);
        return piece;
    }

    private void take(UnsafeBuffer piece) {
        gate.onPiece(piece, 0, piece.capacity(), TimeUnit.MILLISECONDS.toNanos(nowMs), received);
    }

    @Test
    void shouldPutLongFramesTogether() {
        gate.addPeer(9);
        byte[] frame = new byte[LENGTH_MAX];
        new Random(1).nextBytes(frame);
        take(piece(frame, 0, 4000));
        take(piece(frame, 4000, 9999));
        assertEquals(0, received.frames.size());
        take(piece(frame, 9999, LENGTH_MAX));
        org.junit.jupiter.api.Assertions.assertArrayEquals(frame, received.frames.get(0));
    }

    @Test
    void shouldDropALongFrameThatMissesAPiece() {
        gate.addPeer(9);
        byte[] frame = new byte[LENGTH_MAX];
        take(piece(frame, 0, 4000));
        take(piece(frame, 5000, LENGTH_MAX));
        take(piece(frame, 4000, 5000));
        assertEquals(0, received.frames.size());
        assertEquals(2, counters.refused(PeerRefusal.GAP));
        take(piece(frame, 0, 4000));
        take(piece(frame, 4000, LENGTH_MAX));
        assertEquals(1, received.frames.size());
    }

    @Test
    void shouldNotRoomForFramesThatAreTooLong() {
        gate.addPeer(9);
        take(piece(new byte[LENGTH_MAX + 1], 0, 100));
        assertEquals(1, counters.refused(PeerRefusal.MALFORMED));
    }

    @Test
    void shouldSayNowAndThenThatAStrangerSpeaks() {
        for (int i = 0; i < 100; i++) {
            take(piece(new byte[] {1}, 0, 1));
        }
        assertEquals(7, received.events.size());
        assertEquals(100, counters.refused(PeerRefusal.STRANGER));
    }

    private void say(FrameSealer life) {
        take(piece(life, new byte[] {1}, 0, 1));
    }

    private void answer(FrameSealer life, long question) {
        life.sealQuestion(2, PeerFrameDescriptor.ANSWER, question);
        UnsafeBuffer piece = new UnsafeBuffer(new byte[life.headerLength() + 8]);
        piece.putBytes(0, life.header(), 0, life.headerLength());
        piece.putBytes(life.headerLength(), life.question(), 0, 8);
        take(piece);
    }

    @Test
    void shouldBelieveANewLifeAsSoonAsItAnswersFromTheMembersAddress() {
        gate.addPeer(9);
        say(sealer);
        say(laterLife);
        assertEquals(List.of("ask 9"), said);
        assertEquals(1, counters.refused(PeerRefusal.NEW_LIFE));
        answer(laterLife, lastQuestion);
        say(laterLife);
        assertEquals(2, received.frames.size());
        say(sealer);
        assertEquals(2, received.frames.size(), "the earlier life is not heard any more");
        assertEquals(1, counters.refused(PeerRefusal.STALE_LIFE));
    }

    @Test
    void shouldBelieveANewLifeWhereNobodyAnswers() {
        gate.addPeer(9);
        say(sealer);
        for (nowMs = 0; nowMs < LifeClaims.PATIENCE_MS; nowMs += 50) {
            say(laterLife);
        }
        assertEquals(1, received.frames.size());
        assertEquals(LifeClaims.PATIENCE_MS / 50, said.size(), "asked again in case that it was lost");
        say(laterLife);
        assertEquals(2, received.frames.size());
    }

    @Test
    void shouldTellACloneToGoAndNeverHearIt() {
        gate.addPeer(9);
        say(sealer);
        for (nowMs = 0; nowMs < 10_000; nowMs += 50) {
            say(laterLife);
            answer(sealer, lastQuestion);
        }
        assertEquals(1, received.frames.size());
        assertTrue(counters.refused(PeerRefusal.CLONE) > 190);
        assertEquals(List.of("ask 9", "ask 9", "ask 9", "refuse 9"), said.subList(0, 4));
    }

    /** The one that was believed first stood still, and another was started in its place: it must give way. */
    @Test
    void shouldTellTheEarlierLifeToGoWhereTheLaterOneLivesAtTheMembersAddress() {
        gate.addPeer(9);
        say(sealer);
        say(laterLife);
        answer(laterLife, lastQuestion);
        for (nowMs = 0; nowMs < 1_000; nowMs += 50) {
            say(sealer);
            answer(laterLife, lastQuestion);
        }
        assertTrue(said.contains("refuse 9"));
        say(laterLife);
        assertEquals(2, received.frames.size());
    }

    @Test
    void shouldTakeNoLateAnswerForAProof() {
        gate.addPeer(9);
        say(sealer);
        say(laterLife);
        long first = lastQuestion;
        answer(laterLife, first);
        for (nowMs = 0; nowMs < LifeClaims.PATIENCE_MS; nowMs += 50) {
            say(new FrameSealer(new PeerIdentity(1, 9, 6)));
            answer(sealer, first);
            answer(laterLife, first);
            answer(laterLife, lastQuestion + 1);
        }
        assertTrue(!said.contains("refuse 9"));
        assertEquals(0, counters.refused(PeerRefusal.CLONE));
        say(new FrameSealer(new PeerIdentity(1, 9, 6)));
        assertEquals(2, received.frames.size(), "the third life is believed, as nobody has answered in time");
    }

    @Test
    void shouldAnswerQuestionsOfKnownMembers() {
        sealer.sealQuestion(2, PeerFrameDescriptor.QUESTION, 77);
        UnsafeBuffer piece = new UnsafeBuffer(new byte[sealer.headerLength() + 8]);
        piece.putBytes(0, sealer.header(), 0, sealer.headerLength());
        piece.putBytes(sealer.headerLength(), sealer.question(), 0, 8);
        take(piece);
        assertEquals(List.of(), said);
        gate.addPeer(9);
        take(piece);
        assertEquals(List.of("answer 9"), said);
        assertEquals(77, lastQuestion);
        assertEquals(0, received.frames.size());
    }

    /** A gate that has just been opened cannot know that the frame came late. */
    @Test
    void shouldFindBackToTheLifeThatALateFrameHasReplaced() {
        gate.addPeer(9);
        say(laterLife);
        say(sealer);
        nowMs = LifeClaims.PATIENCE_MS;
        say(sealer);
        assertEquals(2, received.frames.size(), "the late one is taken for a newer life");
        for (int i = 1; i < LifeClaims.INSISTENT_PIECES; i++) {
            say(laterLife);
        }
        assertEquals(2, received.frames.size());
        nowMs += LifeClaims.PATIENCE_MS;
        say(laterLife);
        assertEquals(3, received.frames.size());
        say(sealer);
        assertEquals(3, received.frames.size());
    }

    @Test
    void shouldNotLetTwoThatClaimToBeAMemberTakeTurns() {
        gate.addPeer(9);
        for (int i = 0; i < 10 * LifeClaims.INSISTENT_PIECES; i++) {
            nowMs += 10;
            say(sealer);
            say(laterLife);
        }
        assertTrue(received.events.stream().filter("9 lives"::equals).count() <= 2);
    }

    @Test
    void shouldSurviveAnything() {
        gate.addPeer(9);
        Random random = new Random(42);
        for (int i = 0; i < 50_000; i++) {
            byte[] frame = new byte[1 + random.nextInt(200)];
            UnsafeBuffer piece = piece(frame, 0, frame.length);
            int changes = 1 + random.nextInt(4);
            for (int j = 0; j < changes; j++) {
                piece.putByte(random.nextInt(Math.min(64, piece.capacity())), (byte) random.nextInt());
            }
            if (random.nextBoolean()) { // a checksum that is right, so that the rest is looked at
                FrameChecksum checksum = new FrameChecksum();
                piece.putInt(
                        0,
                        checksum.begin().update(piece, 4, piece.capacity() - 4).value(),
                        ByteOrder.LITTLE_ENDIAN);
            }
            gate.onPiece(piece, 0, random.nextInt(piece.capacity() + 1), 0, received);
        }
        long refused = 0;
        for (PeerRefusal reason : PeerRefusal.values()) {
            refused += counters.refused(reason);
        }
        assertTrue(refused > 10_000);
        assertEquals(counters.framesReceived(), received.frames.size());
    }
}
