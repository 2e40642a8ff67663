package io.stele.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.transport.codec.ContinuationDecoder;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;

class ReplySplitterTest {

    @Test
    void shouldCutBetweenMessagesAndLoseNothing() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
            int offset = random.nextInt(50);
            int end = Requests.txnReply(buffer, offset, 42, 1);
            for (int i = random.nextInt(40); i > 0; i--) {
                end = Requests.keyValue(buffer, end, new byte[1 + random.nextInt(20)], new byte[random.nextInt(300)]);
            }
            byte[] whole = new byte[end - offset];
            buffer.getBytes(offset, whole);

            int frameLengthMax = 100 + random.nextInt(2000);
            ReplySplitter splitter = new ReplySplitter();
            splitter.wrap(buffer, offset, end - offset, frameLengthMax);
            byte[] joined = join(splitter, buffer, frameLengthMax);
            joined[8 + 24] = whole[8 + 24]; // the flags, where `partial` may be set
            assertArrayEquals(whole, joined, "seed " + seed);
        }
    }

    private static byte[] join(ReplySplitter splitter, ExpandableArrayBuffer buffer, int frameLengthMax) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        boolean partial = true;
        while (splitter.next()) {
            assertTrue(partial, "a frame behind the last one");
            byte[] frame = new byte[splitter.frameLength()];
            buffer.getBytes(splitter.frameOffset(), frame);
            MessageSequence sequence = new MessageSequence().wrap(buffer, splitter.frameOffset(), frame.length);
            assertTrue(sequence.next());
            boolean continued = sequence.templateId() == ContinuationDecoder.TEMPLATE_ID;
            assertEquals(joined.size() > 0, continued);
            assertEquals(42, ReplySplitter.correlationId(buffer, splitter.frameOffset()));
            partial = ReplySplitter.isPartial(buffer, splitter.frameOffset());
            int skipped = continued ? sequence.messageLength() : 0;
            joined.write(frame, skipped, frame.length - skipped);
            int messages = 1;
            while (sequence.next()) {
                messages++;
            }
            assertTrue(frame.length <= frameLengthMax || messages <= 2, "frame of " + frame.length);
        }
        assertEquals(false, partial);
        return joined.toByteArray();
    }
}
