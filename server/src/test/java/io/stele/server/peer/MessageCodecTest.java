package io.stele.server.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.consensus.Message;
import io.stele.consensus.MessageType;
import io.stele.consensus.log.Entry;
import io.stele.consensus.log.LogReader;
import io.stele.transport.MalformedMessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

final class MessageCodecTest {
    private final Random random = new Random(11);
    private final MessageWriter writer = new MessageWriter();
    private final MessageReader reader = new MessageReader();

    /** A log of random entries, all of one term. */
    private static final class Log implements LogReader {
        private final List<byte[]> payloads = new ArrayList<>();
        private final long term;

        private Log(long term) {
            this.term = term;
        }

        @Override
        public long firstIndex() {
            return 1;
        }

        @Override
        public long lastIndex() {
            return payloads.size();
        }

        @Override
        public long term(long logIndex) {
            return logIndex == 0 ? 0 : term;
        }

        @Override
        public boolean read(long logIndex, Entry into) {
            byte[] payload = payloads.get((int) logIndex - 1);
            into.wrap(logIndex, term, Entry.COMMAND, new UnsafeBuffer(payload), 0, payload.length);
            return true;
        }
    }

    private Message read() {
        return reader.read(5, 6, writer.buffer(), 0, writer.length());
    }

    @Test
    void shouldCarryEveryFieldOfEveryTypeWithoutEntries() {
        for (MessageType type : MessageType.values()) {
            if (type == MessageType.APPEND || type == MessageType.SNAPSHOT) {
                continue;
            }
            Message sent = new Message().reset(type, 5, 6, random.nextLong());
            sent.log(random.nextLong(), random.nextLong())
                    .commit(random.nextLong())
                    .round(random.nextLong())
                    .hint(random.nextLong())
                    .flag(random.nextBoolean());
            if (type == MessageType.PROPOSE) {
                sent.payload((byte) 3, new UnsafeBuffer(new byte[100]), 10, 70);
            }
            writer.write(sent);
            assertEquals(sent.toString(), read().toString());
            assertEquals(sent.entryType(), read().entryType());
        }
    }

    @Test
    void shouldCarryTheEntriesOfAnAppendFromTheLog() {
        Log log = new Log(4);
        for (int i = 0; i < 10; i++) {
            byte[] payload = new byte[random.nextInt(3) * 1000];
            random.nextBytes(payload);
            log.payloads.add(payload);
        }
        Message append = new Message()
                .reset(MessageType.APPEND, 5, 6, 9)
                .log(3, 4)
                .commit(2)
                .flag(true)
                .entryCount(7);
        assertTrue(writer.writeAppend(new PendingAppend().set(append), log));
        Message read = read();
        assertEquals(append.toString(), read.toString());
        assertEquals(7, read.entries().count());
        for (int i = 0; i < 7; i++) {
            Entry entry = read.entries().get(i);
            byte[] payload = new byte[entry.length()];
            entry.buffer().getBytes(entry.offset(), payload);
            org.junit.jupiter.api.Assertions.assertArrayEquals(log.payloads.get(3 + i), payload);
            assertEquals(4 + i, entry.logIndex());
            assertEquals(4, entry.term());
        }
        assertTrue(writer.writeAppend(new PendingAppend().set(append), log), "held");
        assertEquals(append.toString(), read().toString());
        append.entryCount(8);
        assertFalse(writer.writeAppend(new PendingAppend().set(append), log), "beyond the log");
        append.log(3, 5).entryCount(1);
        assertFalse(writer.writeAppend(new PendingAppend().set(append), log), "another entry in its place");
    }

    @Test
    void shouldRefuseWhateverIsNoMessage() {
        Log log = new Log(4);
        log.payloads.add(new byte[30]);
        log.payloads.add(new byte[300]);
        writer.writeAppend(
                new PendingAppend()
                        .set(new Message()
                                .reset(MessageType.APPEND, 5, 6, 9)
                                .log(0, 0)
                                .entryCount(2)),
                log);
        int whole = writer.length();
        int refused = 0;
        for (int i = 0; i < 100_000; i++) {
            UnsafeBuffer frame = new UnsafeBuffer(new byte[whole]);
            frame.putBytes(0, writer.buffer(), 0, whole);
            for (int j = random.nextInt(3); j >= 0; j--) {
                frame.putByte(random.nextInt(random.nextBoolean() ? 80 : whole), (byte) random.nextInt());
            }
            int length = random.nextBoolean() ? whole : random.nextInt(whole);
            try {
                Message read = reader.read(5, 6, frame, 0, length);
                assertTrue(read.entryCount() <= 2);
            } catch (MalformedMessageException e) {
                refused++;
            }
        }
        assertTrue(refused > 50_000, "refused " + refused);
    }
}
