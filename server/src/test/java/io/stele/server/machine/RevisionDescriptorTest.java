package io.stele.server.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.index.KeyRecord;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** What is encoded is what a view shows, in the short form and in the one for large numbers and older stores. */
final class RevisionDescriptorTest {
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[64 * 1024]);
    private final RevisionView view = new RevisionView();

    @Test
    void shouldShowWhatWasEncoded() {
        Random random = new Random(11);
        for (int i = 0; i < 100_000; i++) {
            int bits = random.nextInt(56);
            KeyRecord record = record(random, bits);
            KeyRecord previous = random.nextInt(3) == 0 ? null : record(random, random.nextInt(56));
            int keyLength = random.nextInt(KeyDescriptor.KEY_LENGTH_MAX);
            int valueLength = random.nextInt(100);
            int headerLength = RevisionDescriptor.encodeHeader(buffer, record, previous, keyLength);
            assertTrue(headerLength <= RevisionDescriptor.HEADER_LENGTH_MAX);
            wrap(headerLength + keyLength + valueLength);
            assertShown(record, previous);
            assertEquals(headerLength, view.keyOffset());
            assertEquals(keyLength, view.keyLength());
            assertEquals(headerLength + keyLength, view.valueOffset());
            assertEquals(valueLength, view.valueLength());
        }
    }

    @Test
    void shouldBeShortForWhatIsUsual() {
        KeyRecord record = new KeyRecord();
        record.createRevision = (1L << 40) - 1;
        record.version = (1L << 32) - 1;
        KeyRecord previous = new KeyRecord();
        previous.modRevision = (1L << 40) - 1;
        previous.version = 1;
        assertEquals(22, RevisionDescriptor.encodeHeader(buffer, record, previous, 1));
        record.createRevision++;
        assertEquals(52, RevisionDescriptor.encodeHeader(buffer, record, previous, 1));
    }

    /** Stores of before have the wide form for small numbers too. */
    @Test
    void shouldShowSmallNumbersOfOlderStores() {
        Random random = new Random(12);
        KeyRecord record = record(random, 20);
        KeyRecord previous = record(random, 20);
        KeyRecord large = record(random, 20);
        large.createRevision = 1L << 41;
        RevisionDescriptor.encodeHeader(buffer, large, previous, 5);
        wrap(57);
        buffer.putLong(RevisionDescriptor.WIDE_CREATE, record.createRevision);
        large.createRevision = record.createRevision;
        wrap(57);
        assertShown(large, previous);
        assertEquals(5, view.keyLength());
    }

    @Test
    void shouldRefuseAnEntryThatIsTooShort() {
        KeyRecord record = record(new Random(13), 30);
        int headerLength = RevisionDescriptor.encodeHeader(buffer, record, null, 10);
        for (int length = 0; length < headerLength + 10; length++) {
            int tooShort = length;
            assertThrows(IllegalStateException.class, () -> wrap(tooShort));
        }
        wrap(headerLength + 10);
    }

    private void wrap(int length) {
        view.slice.wrap(buffer, 0, length);
        view.wrap();
    }

    private void assertShown(KeyRecord record, KeyRecord previous) {
        assertEquals(record.createRevision, view.createRevision());
        assertEquals(record.version, view.version());
        assertEquals(record.version == 0, view.isTombstone());
        assertEquals(record.lease, view.lease());
        assertEquals(previous == null ? 0 : previous.modRevision, view.previousMain());
        assertEquals(previous == null ? 0 : previous.modSubRevision, view.previousSub());
        assertEquals(previous != null && previous.version == 0, view.isPreviousTombstone());
        assertEquals(record.anchorRevision, view.anchorMain());
        assertEquals(record.anchorSubRevision, view.anchorSub());
    }

    private static KeyRecord record(Random random, int bits) {
        KeyRecord record = new KeyRecord();
        record.createRevision = number(random, bits);
        record.modRevision = number(random, bits);
        record.version = random.nextInt(4) == 0 ? 0 : number(random, bits);
        record.lease = random.nextBoolean() ? 0 : random.nextLong();
        record.modSubRevision = random.nextBoolean() ? 0 : random.nextInt(Integer.MAX_VALUE);
        record.anchorRevision = number(random, bits);
        record.anchorSubRevision = random.nextBoolean() ? 0 : random.nextInt(Integer.MAX_VALUE);
        return record;
    }

    private static long number(Random random, int bits) {
        return bits == 0 ? 0 : random.nextLong() >>> (Long.SIZE - bits);
    }
}
