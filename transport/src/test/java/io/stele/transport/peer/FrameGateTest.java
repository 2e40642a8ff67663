package io.stele.transport.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class FrameGateTest {
    private static final int LENGTH_MAX = 10_000;

    private final PeerCounters counters = new PeerCounters();
    private final Received received = new Received();
    private final FrameGate gate =
            new FrameGate(new PeerIdentity(1, 2, 3), LENGTH_MAX, counters, (reason, sender, cluster) -> {});
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
        gate.onPiece(piece, 0, piece.capacity(), received);
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

    /** A gate that has just been opened cannot know that the frame came late. */
    @Test
    void shouldFindBackToTheLifeThatALateFrameHasReplaced() {
        gate.addPeer(9);
        take(piece(laterLife, new byte[] {1}, 0, 1));
        take(piece(sealer, new byte[] {2}, 0, 1));
        assertEquals(2, received.frames.size(), "the late one is taken for a newer life");
        for (int i = 1; i < FrameGate.INSISTENT_PIECES; i++) {
            take(piece(laterLife, new byte[] {1}, 0, 1));
        }
        assertEquals(2, received.frames.size());
        take(piece(laterLife, new byte[] {1}, 0, 1));
        assertEquals(3, received.frames.size());
        take(piece(sealer, new byte[] {2}, 0, 1));
        assertEquals(3, received.frames.size());
    }

    @Test
    void shouldNotLetTwoThatClaimToBeAMemberTakeTurns() {
        gate.addPeer(9);
        for (int i = 0; i < 10 * FrameGate.INSISTENT_PIECES; i++) {
            take(piece(sealer, new byte[] {1}, 0, 1));
            take(piece(laterLife, new byte[] {2}, 0, 1));
        }
        assertEquals(1 + 10 * FrameGate.INSISTENT_PIECES, received.frames.size());
        assertEquals(10 * FrameGate.INSISTENT_PIECES - 1, counters.refused(PeerRefusal.STALE_LIFE));
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
            gate.onPiece(piece, 0, random.nextInt(piece.capacity() + 1), received);
        }
        long refused = 0;
        for (PeerRefusal reason : PeerRefusal.values()) {
            refused += counters.refused(reason);
        }
        assertTrue(refused > 10_000);
        assertEquals(counters.framesReceived(), received.frames.size());
    }
}
