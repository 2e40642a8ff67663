package io.stele.server.node;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.server.machine.StateCheck;
import io.stele.transport.peer.codec.MessageHeaderDecoder;
import io.stele.transport.peer.codec.SnapshotChunkDecoder;
import io.stele.transport.peer.sim.SimPeerWeather;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.ToIntFunction;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** What a leader sends is not the state that the stamp is of: the member does not take it, and gets another one. */
class SnapshotDigestTest {
    private static final int BODY = MessageHeaderDecoder.ENCODED_LENGTH;
    private static final int DATA = BODY + SnapshotChunkDecoder.BLOCK_LENGTH + Integer.BYTES;
    private static final int KEYS = 0;
    private static final int STAMP_DIGEST = 40;
    private static final int NOWHERE = -1;

    private int garbledCount;

    @Test
    void shouldNotTakeAnotherKeyThanTheDigestIsOf() {
        shouldAskAgain(chunk -> chunk.getByte(DATA) == KEYS && !isLast(chunk) ? find(chunk, "key9/7") : NOWHERE);
    }

    /** The digest has the hashes of values alone, in another tree than the values. */
    @Test
    void shouldNotTakeAnotherValueThanTheDigestIsOf() {
        shouldAskAgain(chunk -> find(chunk, "value 21x"));
    }

    @Test
    void shouldNotTakeAStampOfAnotherState() {
        shouldAskAgain(chunk -> isLast(chunk) ? DATA + STAMP_DIGEST : NOWHERE);
    }

    private void shouldAskAgain(ToIntFunction<UnsafeBuffer> place) {
        try (SimCluster cluster = new SimCluster(3, SimPeerWeather.FAIR)) {
            SimCluster.Member late = cluster.follower();
            assertEquals("ok", late.putNow("old", "1"));
            late.stop();
            fill(cluster);
            cluster.garbler = frame -> garbleOnce(frame, place);
            late.start();
            cluster.until("garbled", () -> garbledCount == 1);
            long before = late.node.machine().appliedIndex();
            cluster.until("caught up", () -> isCaughtUp(cluster, late));
            assertNotEquals(before, late.node.machine().appliedIndex());
            assertEquals(1, garbledCount);
            assertEquals(List.of(), StateCheck.run(late.node.machine()));
            assertEquals(
                    cluster.leader().node.machine().digestLow(),
                    late.node.machine().digestLow());
            assertTrue(late.disk.names().stream().noneMatch(name -> name.startsWith("incoming")));
            assertEquals("value 21x", late.getNow("key21/3", true).substring(0, 9));
        }
    }

    private static void fill(SimCluster cluster) {
        SimCluster.Member leader = cluster.leader();
        long before = leader.node.log().lastIndex();
        for (int i = 0; i < 40 || leader.node.log().firstIndex() <= before; i++) {
            for (int j = 0; j < 100; j++) {
                leader.put(100 * i + j, "key" + i + "/" + j, "value " + i + "x".repeat(900));
            }
            for (int j = 0; j < 100; j++) {
                cluster.until("answered", () -> leader.receive() != null);
            }
        }
    }

    private void garbleOnce(UnsafeBuffer frame, ToIntFunction<UnsafeBuffer> place) {
        boolean isChunk = frame.getShort(MessageHeaderDecoder.templateIdEncodingOffset(), LITTLE_ENDIAN)
                == SnapshotChunkDecoder.TEMPLATE_ID;
        int at = isChunk && garbledCount == 0 ? place.applyAsInt(frame) : NOWHERE;
        if (at != NOWHERE) {
            frame.putByte(at, (byte) (frame.getByte(at) + 1));
            garbledCount++;
        }
    }

    private static boolean isLast(UnsafeBuffer chunk) {
        return chunk.getByte(BODY + SnapshotChunkDecoder.lastEncodingOffset()) != 0;
    }

    private static int find(UnsafeBuffer chunk, String text) {
        byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
        for (int at = DATA; at <= chunk.capacity() - wanted.length; at++) {
            int same = 0;
            while (same < wanted.length && chunk.getByte(at + same) == wanted[same]) {
                same++;
            }
            if (same == wanted.length) {
                return at + same - 1;
            }
        }
        return NOWHERE;
    }

    private static boolean isCaughtUp(SimCluster cluster, SimCluster.Member member) {
        return member.node.machine().appliedIndex()
                == cluster.leader().node.machine().appliedIndex();
    }
}
