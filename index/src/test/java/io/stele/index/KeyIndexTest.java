package io.stele.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** One script against both implementations: they give the same answers, growth and long keys included. */
class KeyIndexTest {
    private static final int OPERATIONS = 1_000_000;
    private static final int KEY_SPACE = 60_000;

    @Test
    void shouldAgreeOnAMillionRandomOperations() {
        Random random = new Random(20261122);
        IndexContext small =
                new IndexContext().firstCapacity(1000).growthFactor(2).buildInBackground(false);
        try (KeyIndex chronicle = new ChronicleKeyIndex(small);
                KeyIndex heap = new HeapKeyIndex(small)) {
            UnsafeBuffer offHeap = new UnsafeBuffer(BufferUtil.allocateDirectAligned(64 * 1024, 64));
            UnsafeBuffer onHeap = new UnsafeBuffer(new byte[64 * 1024]);
            KeyRecord record = new KeyRecord();
            KeyRecord fromChronicle = new KeyRecord();
            KeyRecord fromHeap = new KeyRecord();
            for (int i = 0; i < OPERATIONS; i++) {
                UnsafeBuffer buffer = random.nextBoolean() ? offHeap : onHeap;
                int offset = random.nextInt(16);
                int length = key(buffer, offset, random.nextInt(KEY_SPACE));
                switch (random.nextInt(8)) {
                    case 0, 1, 2, 3 -> {
                        fill(record, random);
                        assertTrue(chronicle.put(buffer, offset, length, record));
                        assertTrue(heap.put(buffer, offset, length, record));
                    }
                    case 4 -> {
                        chronicle.remove(buffer, offset, length);
                        heap.remove(buffer, offset, length);
                    }
                    case 5 -> chronicle.doWork(random.nextInt(50));
                    default -> {
                        boolean found = heap.get(buffer, offset, length, fromHeap);
                        assertEquals(found, chronicle.get(buffer, offset, length, fromChronicle));
                        if (found) {
                            assertSame(fromHeap, fromChronicle);
                        }
                    }
                }
            }
            assertEquals(heap.entryCount(), chronicle.entryCount());
            for (int id = 0; id < KEY_SPACE; id++) {
                int length = key(onHeap, 0, id);
                boolean found = heap.get(onHeap, 0, length, fromHeap);
                assertEquals(found, chronicle.get(onHeap, 0, length, fromChronicle));
                if (found) {
                    assertSame(fromHeap, fromChronicle);
                }
            }
            chronicle.clear();
            heap.clear();
            assertEquals(0, heap.entryCount());
            assertEquals(0, chronicle.entryCount());
        }
    }

    @Test
    void shouldRefuseKeysTooLongForItAndHoldEmptyAndLongestOnes() {
        IndexContext context =
                new IndexContext().keyLengthMax(4096).firstCapacity(1000).buildInBackground(false);
        UnsafeBuffer key = new UnsafeBuffer(BufferUtil.allocateDirectAligned(64 * 1024, 64));
        for (KeyIndex index : List.of(new ChronicleKeyIndex(context), new HeapKeyIndex(context))) {
            KeyRecord record = new KeyRecord();
            record.version = 7;
            assertTrue(index.put(key, 0, 0, record));
            assertTrue(index.put(key, 0, 4096, record));
            assertFalse(index.accepts(4097));
            assertFalse(index.put(key, 0, 4097, record));
            assertFalse(index.put(key, 0, 40_000, record));
            KeyRecord found = new KeyRecord();
            assertTrue(index.get(key, 0, 0, found));
            assertTrue(index.get(key, 0, 4096, found));
            assertEquals(7, found.version);
            assertFalse(index.get(key, 0, 40_000, found));
            assertEquals(2, index.entryCount());
            index.close();
        }
    }

    @Test
    void shouldGrowFarPastItsFirstEstimateWithoutLosingAnEntry() {
        IndexContext context =
                new IndexContext().firstCapacity(2000).growthFactor(4).buildInBackground(true);
        try (KeyIndex index = new ChronicleKeyIndex(context)) {
            UnsafeBuffer key = new UnsafeBuffer(BufferUtil.allocateDirectAligned(64, 64));
            KeyRecord record = new KeyRecord();
            while (!index.isReady()) {
                Thread.onSpinWait();
            }
            int entries = 100_000;
            for (int i = 0; i < entries; i++) {
                key.putLong(0, i);
                record.modRevision = i;
                assertTrue(index.put(key, 0, 8, record));
                index.doWork(4);
            }
            assertEquals(entries, index.entryCount());
            for (int i = 0; i < entries; i++) {
                key.putLong(0, i);
                assertTrue(index.get(key, 0, 8, record));
                assertEquals(i, record.modRevision);
            }
        }
    }

    @Test
    void shouldAllocateNothingPerOperation() {
        IndexContext context = new IndexContext().firstCapacity(KEY_SPACE * 2L).buildInBackground(false);
        try (KeyIndex index = new ChronicleKeyIndex(context)) {
            UnsafeBuffer key = new UnsafeBuffer(BufferUtil.allocateDirectAligned(128, 64));
            operate(index, key, 200_000);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            operate(index, key, 100_000);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < 10_000, () -> "allocated " + allocated + " B in 100,000 operations");
        }
    }

    @Test
    void shouldBeEmptyAndNotReadyWhileItsFirstMapIsLaidOut() {
        UnsafeBuffer key = new UnsafeBuffer(new byte[16]);
        ChronicleKeyIndex index = new ChronicleKeyIndex(new IndexContext());
        assertEquals(0, index.entryCount());
        assertFalse(index.get(key, 0, 8, new KeyRecord()));
        index.close();
        assertFalse(index.isReady());
        assertFalse(index.put(key, 0, 8, new KeyRecord()));
    }

    @Test
    void shouldStopHoldingEntriesWithANoticeWhenItCannotStretch() {
        List<String> notices = new ArrayList<>();
        IndexContext context = new IndexContext()
                .firstCapacity(100)
                .growthFactor(1 << 30)
                .buildInBackground(false)
                .notices(notices::add);
        try (KeyIndex index = new ChronicleKeyIndex(context)) {
            UnsafeBuffer key = new UnsafeBuffer(new byte[1024]);
            boolean held = true;
            for (int i = 0; i < 2_000_000 && held; i++) {
                key.putInt(0, i);
                held = index.put(key, 0, 1000, new KeyRecord());
            }
            assertFalse(held);
            assertFalse(index.isReady());
            assertEquals(0, index.entryCount());
            assertFalse(notices.isEmpty());
        }
    }

    @Test
    void shouldNeverPhoneHome() {
        new ChronicleKeyIndex(new IndexContext().buildInBackground(false)).close();
        assertEquals("true", System.getProperty("chronicle.analytics.disable"));
        assertNull(getClass().getResource("/net/openhft/chronicle/analytics/Analytics.class"));
        assertFalse(new File(System.getProperty("user.home"), ".chronicle.analytics.client.id").exists());
    }

    @Test
    void shouldRefuseAnImpossibleContext() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new IndexContext().firstCapacity(0).conclude());
        assertThrows(
                IllegalArgumentException.class,
                () -> new IndexContext().keyLengthMax(1 << 20).conclude());
    }

    private static void operate(KeyIndex index, UnsafeBuffer key, int operations) {
        KeyRecord record = new KeyRecord();
        for (int i = 0; i < operations; i++) {
            key.putLong(0, (i * 7919L) % KEY_SPACE);
            record.modRevision = i;
            index.put(key, 0, 40, record);
            assertTrue(index.get(key, 0, 40, record));
            if (i % 5 == 0) {
                index.remove(key, 0, 40);
            }
        }
    }

    /** Lengths from 4 to about 1000 bytes, always the same for the same id. */
    private static int key(UnsafeBuffer buffer, int offset, int id) {
        int length = 4 + (id % 50 == 0 ? id % 1000 : id % 61);
        for (int i = 4; i < length; i++) {
            buffer.putByte(offset + i, (byte) (id >>> (i & 7)));
        }
        buffer.putInt(offset, id);
        return length;
    }

    private static void fill(KeyRecord record, Random random) {
        record.createRevision = random.nextLong();
        record.modRevision = random.nextLong();
        record.modSubRevision = random.nextInt();
        record.version = random.nextLong();
        record.lease = random.nextLong();
        record.valueHash = random.nextLong();
        record.depth = random.nextInt();
        record.anchorRevision = random.nextLong();
        record.anchorSubRevision = random.nextInt();
    }

    private static void assertSame(KeyRecord expected, KeyRecord actual) {
        assertEquals(expected.createRevision, actual.createRevision);
        assertEquals(expected.modRevision, actual.modRevision);
        assertEquals(expected.modSubRevision, actual.modSubRevision);
        assertEquals(expected.version, actual.version);
        assertEquals(expected.lease, actual.lease);
        assertEquals(expected.valueHash, actual.valueHash);
        assertEquals(expected.depth, actual.depth);
        assertEquals(expected.anchorRevision, actual.anchorRevision);
        assertEquals(expected.anchorSubRevision, actual.anchorSubRevision);
    }
}
