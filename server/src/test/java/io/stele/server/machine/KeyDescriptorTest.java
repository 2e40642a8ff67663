package io.stele.server.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.index.KeyRecord;
import io.stele.storage.page.Slice;
import java.nio.ByteOrder;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** What is encoded is decoded, however large its numbers, and the entries of older stores too. */
final class KeyDescriptorTest {
    private static final int OFFSET = 3;

    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[OFFSET + KeyDescriptor.LENGTH_MAX]);
    private final Slice slice = new Slice();

    @Test
    void shouldDecodeWhatItEncodes() {
        Random random = new Random(7);
        for (int i = 0; i < 100_000; i++) {
            KeyRecord record = record(random, random.nextInt(64));
            int length = KeyDescriptor.encode(buffer, OFFSET, record);
            assertTrue(length <= KeyDescriptor.LENGTH_MAX);
            // No more than its bytes may be looked at: behind them may be the end of the file.
            UnsafeBuffer exact = new UnsafeBuffer(new byte[length]);
            exact.putBytes(0, buffer, OFFSET, length);
            KeyRecord decoded = record(random, 20);
            KeyDescriptor.decode(slice.wrap(exact, 0, length), decoded);
            assertSame(record, decoded);
        }
    }

    @Test
    void shouldBeShortForWhatIsUsual() {
        KeyRecord record = new KeyRecord();
        record.createRevision = 900_000_000_000L;
        record.modRevision = 1_000_000_000_000L;
        record.version = 4_000_000_000L;
        record.depth = Integer.MAX_VALUE;
        record.valueHash = -1;
        record.anchorRevision = 900_000_000_000L;
        assertEquals(32, KeyDescriptor.encode(buffer, OFFSET, record));
        record.lease = -5;
        assertEquals(40, KeyDescriptor.encode(buffer, OFFSET, record));
        record.modSubRevision = 1;
        assertEquals(48, KeyDescriptor.encode(buffer, OFFSET, record));
    }

    @Test
    void shouldDecodeEntriesOfOlderStores() {
        long[] longs = {11, 22, 33, 44, 55};
        for (int i = 0; i < longs.length; i++) {
            buffer.putLong(OFFSET + i * Long.BYTES, longs[i], ByteOrder.LITTLE_ENDIAN);
        }
        buffer.putInt(OFFSET + 40, 66, ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(OFFSET + 44, 77, ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(OFFSET + 48, 88, ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(OFFSET + 56, 99, ByteOrder.LITTLE_ENDIAN);
        KeyRecord expected = new KeyRecord();
        expected.createRevision = 11;
        expected.modRevision = 22;
        expected.version = 33;
        expected.lease = 44;
        expected.valueHash = 55;
        expected.modSubRevision = 66;
        expected.depth = 77;
        expected.anchorRevision = 88;
        expected.anchorSubRevision = 99;
        KeyRecord decoded = new KeyRecord();
        KeyDescriptor.decode(slice.wrap(buffer, OFFSET, 60), decoded);
        assertSame(expected, decoded);
    }

    @Test
    void shouldRefuseAnEntryOfAnImpossibleLength() {
        KeyRecord record = record(new Random(3), 10);
        record.lease = 1;
        int length = KeyDescriptor.encode(buffer, OFFSET, record);
        for (int other = 0; other < KeyDescriptor.LENGTH_MAX; other++) {
            if (other != length) {
                Slice wrong = slice.wrap(buffer, OFFSET, other);
                assertThrows(IllegalStateException.class, () -> KeyDescriptor.decode(wrong, new KeyRecord()));
            }
        }
    }

    private static KeyRecord record(Random random, int bits) {
        KeyRecord record = new KeyRecord();
        record.createRevision = number(random, bits);
        record.modRevision = number(random, bits);
        record.version = number(random, bits);
        record.lease = random.nextBoolean() ? 0 : random.nextLong();
        record.valueHash = random.nextLong();
        record.modSubRevision = random.nextBoolean() ? 0 : random.nextInt(Integer.MAX_VALUE);
        record.depth = random.nextInt(Integer.MAX_VALUE);
        record.anchorRevision = number(random, bits);
        record.anchorSubRevision = random.nextBoolean() ? 0 : random.nextInt(Integer.MAX_VALUE);
        return record;
    }

    private static long number(Random random, int bits) {
        return bits == 0 ? 0 : random.nextLong() >>> (Long.SIZE - bits);
    }

    private static void assertSame(KeyRecord expected, KeyRecord actual) {
        assertEquals(expected.createRevision, actual.createRevision);
        assertEquals(expected.modRevision, actual.modRevision);
        assertEquals(expected.version, actual.version);
        assertEquals(expected.lease, actual.lease);
        assertEquals(expected.valueHash, actual.valueHash);
        assertEquals(expected.modSubRevision, actual.modSubRevision);
        assertEquals(expected.depth, actual.depth);
        assertEquals(expected.anchorRevision, actual.anchorRevision);
        assertEquals(expected.anchorSubRevision, actual.anchorSubRevision);
    }
}
