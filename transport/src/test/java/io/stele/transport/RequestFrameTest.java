package io.stele.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.transport.codec.CompareDecoder;
import io.stele.transport.codec.GoodbyeReason;
import io.stele.transport.codec.PutRequestDecoder;
import io.stele.transport.codec.TxnRequestDecoder;
import java.util.Random;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class RequestFrameTest {
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();

    /** outer{cmp a; put b, inner{cmp c; put d | put e} | put f} */
    private int nestedTxn() {
        int end = Requests.txn(buffer, 0, 1, 2, 1);
        end = Requests.compare(buffer, end, "a");
        end = Requests.put(buffer, end, 0, "b", new byte[3]);
        end = Requests.txn(buffer, end, 1, 1, 1);
        end = Requests.compare(buffer, end, "c");
        end = Requests.put(buffer, end, 0, "d", new byte[0]);
        end = Requests.put(buffer, end, 0, "e", new byte[1000]);
        return Requests.put(buffer, end, 0, "f", new byte[1]);
    }

    @Test
    void shouldAcceptOneRequestAndNothingBehind() {
        int end = Requests.put(buffer, 0, 1, "key", new byte[100]);
        assertEquals(GoodbyeReason.CLOSING, RequestFrame.check(buffer, 0, end));
        assertEquals(GoodbyeReason.MALFORMED, RequestFrame.check(buffer, 0, end + 1));
        assertEquals(GoodbyeReason.MALFORMED, RequestFrame.check(buffer, 0, end - 1));
    }

    @Test
    void shouldAcceptNestedTransactionsOnlyWhole() {
        int end = nestedTxn();
        assertEquals(GoodbyeReason.CLOSING, RequestFrame.check(buffer, 0, end));
        for (int length = 0; length < end; length++) {
            assertNotEquals(GoodbyeReason.CLOSING, RequestFrame.check(buffer, 0, length), "length " + length);
        }
    }

    @Test
    void shouldWalkPartsInPreOrderAndSkipThem() {
        int end = nestedTxn();
        MessageSequence sequence = new MessageSequence().wrap(buffer, 0, end);
        sequence.next(TxnRequestDecoder.TEMPLATE_ID);
        sequence.next(CompareDecoder.TEMPLATE_ID);
        sequence.next(PutRequestDecoder.TEMPLATE_ID);
        sequence.next(TxnRequestDecoder.TEMPLATE_ID);
        sequence.skipParts();
        sequence.next(PutRequestDecoder.TEMPLATE_ID);
        UnsafeBuffer key = new UnsafeBuffer();
        new PutRequestDecoder()
                .wrap(buffer, sequence.bodyOffset(), sequence.blockLength(), sequence.version())
                .wrapKey(key);
        assertEquals('f', key.getByte(0));
        assertFalse(sequence.next());
        assertThrows(MalformedMessageException.class, () -> sequence.next(PutRequestDecoder.TEMPLATE_ID));
    }

    @Test
    void shouldRefuseTransactionsNestedTooDeep() {
        for (int depth = 1; depth <= RequestFrame.TXN_DEPTH_MAX + 1; depth++) {
            int end = 0;
            for (int i = 1; i <= depth; i++) {
                end = Requests.txn(buffer, end, 0, i == depth ? 0 : 1, 0);
            }
            boolean good = RequestFrame.check(buffer, 0, end) == GoodbyeReason.CLOSING;
            assertEquals(depth <= RequestFrame.TXN_DEPTH_MAX, good, "depth " + depth);
        }
    }

    @Test
    void shouldRefuseCountsThatDoNotAddUp() {
        int end = Requests.txn(buffer, 0, -1, -1, -1);
        assertEquals(GoodbyeReason.MALFORMED, RequestFrame.check(buffer, 0, end));
        end = Requests.txn(buffer, 0, 1, 0, 0);
        end = Requests.put(buffer, end, 0, "not a compare", new byte[0]);
        assertEquals(GoodbyeReason.MALFORMED, RequestFrame.check(buffer, 0, end));
    }

    @Test
    void shouldRefuseRepliesHandshakesAndUnknownMessages() {
        assertEquals(GoodbyeReason.UNKNOWN_MESSAGE, RequestFrame.check(buffer, 0, Requests.txnReply(buffer, 0, 1, 0)));
        Requests.put(buffer, 0, 1, "key", new byte[1]);
        for (int templateId : new int[] {0, 1, 2, 3, 9, 14, 50, 110, 255, 256, 65535}) {
            buffer.putShort(2, (short) templateId);
            assertEquals(GoodbyeReason.UNKNOWN_MESSAGE, RequestFrame.check(buffer, 0, 46), "template " + templateId);
        }
    }

    @Test
    void shouldNeverReadBeyondTheFrame() {
        Random random = new Random(7);
        int end = nestedTxn();
        byte[] good = new byte[end];
        buffer.getBytes(0, good);
        int accepted = 0;
        for (int round = 0; round < 200_000; round++) {
            byte[] bytes = good.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(random.nextBoolean() ? 60 : end)] = (byte) random.nextInt();
            }
            // A buffer of exactly the frame's length: a read beyond it throws.
            UnsafeBuffer frame = new UnsafeBuffer(bytes);
            if (RequestFrame.check(frame, 0, end) == GoodbyeReason.CLOSING) {
                accepted++;
                MessageSequence sequence = new MessageSequence().wrap(frame, 0, end);
                while (sequence.next()) {
                    assertTrue(sequence.position() <= end);
                }
            }
        }
        assertTrue(accepted > 0);
    }
}
