package io.stele.storage.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stele.storage.file.DiskFileStore;
import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.sim.DiskFault;
import io.stele.storage.file.sim.DiskOperation;
import io.stele.storage.file.sim.FaultPlan;
import io.stele.storage.file.sim.SimDisk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalTest {
    @TempDir
    Path directory;

    private final WalContext context = new WalContext().segmentLength(4096).salt(7);
    private final EntryView view = new EntryView();
    private FileStore store;
    private Wal wal;

    @BeforeEach
    void open() {
        store = DiskFileStore.open(directory);
        wal = Wal.open(store, context);
    }

    @AfterEach
    void close() {
        wal.close();
        store.close();
    }

    private void reopen() {
        close();
        open();
    }

    private void append(long index, long term, String text) {
        UnsafeBuffer buffer = new UnsafeBuffer(text.getBytes(StandardCharsets.US_ASCII));
        wal.append(index, term, (byte) 5, buffer, 0, buffer.capacity());
        wal.flush();
    }

    private void appendMany(long from, long to, long term) {
        for (long index = from; index <= to; index++) {
            append(index, term, text(index, term));
        }
    }

    private static String text(long index, long term) {
        return ("entry " + index + " of term " + term + " ").repeat((int) (index % 7));
    }

    private void assertEntries(long first, long last, long term) {
        for (long index = first; index <= last; index++) {
            assertTrue(wal.read(index, view), "entry " + index);
            assertEquals(index, view.index());
            assertEquals(term, view.term());
            assertEquals(term, wal.term(index));
            assertEquals(5, view.type());
            assertEquals(text(index, term), view.buffer().getStringWithoutLengthAscii(view.offset(), view.length()));
        }
    }

    @Test
    void shouldBeginEmpty() {
        assertEquals(1, wal.firstIndex());
        assertEquals(0, wal.lastIndex());
        assertEquals(0, wal.term(0));
        assertEquals(Wal.NO_TERM, wal.term(1));
        assertFalse(wal.read(1, view));
        assertEquals(0, wal.sync());
        reopen();
        assertEquals(1, wal.firstIndex());
        assertEquals(0, wal.lastIndex());
    }

    @Test
    void shouldReadWhatWasAppended() {
        appendMany(1, 300, 3);
        assertEquals(300, wal.lastIndex());
        assertEntries(1, 300, 3);
        assertEquals(300, wal.sync());
        assertEquals(3, wal.durableTerm());
        reopen();
        assertEquals(1, wal.firstIndex());
        assertEquals(300, wal.lastIndex());
        assertEntries(1, 300, 3);
        assertEquals(300, wal.sync());
        appendMany(301, 310, 4);
        assertEntries(301, 310, 4);
    }

    @Test
    void shouldRefuseAGap() {
        appendMany(1, 2, 1);
        assertThrows(IllegalArgumentException.class, () -> append(4, 1, "x"));
        assertThrows(IllegalArgumentException.class, () -> append(2, 1, "x"));
        assertEquals(2, wal.lastIndex());
    }

    @Test
    void shouldReplaceATruncatedTail() {
        appendMany(1, 100, 1);
        wal.sync();
        wal.truncateFrom(41);
        assertEquals(40, wal.lastIndex());
        assertFalse(wal.read(41, view));
        appendMany(41, 90, 2);
        assertEquals(90, wal.sync());
        assertEquals(2, wal.durableTerm());
        assertEntries(1, 40, 1);
        assertEntries(41, 90, 2);
        reopen();
        assertEquals(90, wal.lastIndex());
        assertEntries(1, 40, 1);
        assertEntries(41, 90, 2);
    }

    @Test
    void shouldSyncATruncationAlone() {
        appendMany(1, 10, 1);
        wal.sync();
        wal.truncateFrom(6);
        assertEquals(5, wal.sync());
        reopen();
        assertEquals(5, wal.lastIndex());
    }

    @Test
    void shouldReleaseWholeSegmentsAndReuseThem() {
        long length = 0;
        for (int round = 0; round < 30; round++) {
            appendMany(round * 100 + 1, round * 100 + 100, 1);
            wal.sync();
            wal.releaseTo(round * 100 + 50);
            while (wal.doWork() > 0) {
                assertTrue(wal.lengthInBytes() > 0);
            }
            assertTrue(wal.firstIndex() <= round * 100 + 51);
            assertEquals(1, wal.term(wal.lastIndex()));
            assertEntries(wal.firstIndex(), wal.lastIndex(), 1);
            length = Math.max(length, wal.lengthInBytes());
        }
        assertTrue(length < 16 * 4096, "log took " + length);
        assertTrue(store.list().size() < 20, store.list().toString());
        long first = wal.firstIndex();
        assertTrue(first > 2900);
        reopen();
        // A released segment that still waits for its next use is there again, no harm done.
        assertTrue(wal.firstIndex() > 2700 && wal.firstIndex() <= first, "first " + wal.firstIndex());
        assertEquals(1, wal.term(wal.firstIndex() - 1));
        assertEquals(Wal.NO_TERM, wal.term(wal.firstIndex() - 2));
        assertEntries(wal.firstIndex(), 3000, 1);
    }

    @Test
    void shouldKeepNoSpareSegmentOnceTheLogIsQuiet() {
        appendMany(1, 500, 1);
        wal.sync();
        wal.releaseTo(500);
        while (wal.doWork() > 0) {
            assertEquals(500, wal.lastIndex());
        }
        assertEquals(3, segmentFiles(), "in use, ready, spare");
        for (int i = 0; i < 5; i++) {
            wal.releaseTo(500);
            wal.doWork();
        }
        assertEquals(2, segmentFiles(), "in use, ready");
        appendMany(501, 600, 1);
        wal.sync();
        reopen();
        assertEntries(wal.firstIndex(), 600, 1);
    }

    private long segmentFiles() {
        return store.list().stream().filter(name -> name.endsWith(".log")).count();
    }

    @Test
    void shouldContinueAfterASnapshot() {
        appendMany(1, 100, 1);
        wal.sync();
        wal.reset(5000, 9);
        assertEquals(5000, wal.lastIndex());
        assertEquals(5001, wal.firstIndex());
        assertEquals(9, wal.term(5000));
        assertEquals(5000, wal.sync());
        appendMany(5001, 5100, 9);
        wal.sync();
        wal.releaseTo(5000);
        reopen();
        assertEquals(5001, wal.firstIndex());
        assertEntries(5001, 5100, 9);
    }

    @Test
    void shouldForceOnlyWhatWasFlushed() {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[100]);
        long before = wal.appendedPosition();
        wal.append(1, 1, (byte) 1, buffer, 0, 100);
        wal.append(2, 1, (byte) 1, buffer, 0, 100);
        assertEquals(before, wal.appendedPosition());
        assertEquals(0, wal.sync());
        wal.flush();
        assertTrue(wal.appendedPosition() > before);
        assertEquals(2, wal.sync());
    }

    @Test
    void shouldReadWhatWasNotFlushedYet() {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[100]);
        buffer.setMemory(0, 100, (byte) 7);
        wal.append(1, 3, (byte) 1, buffer, 0, 100);
        assertEquals(3, wal.term(1));
        wal.append(2, 3, (byte) 1, buffer, 0, 100);
        assertTrue(wal.read(2, view));
        assertEquals(100, view.length());
        assertEquals(7, view.buffer().getByte(view.offset() + 99));
    }

    @Test
    void shouldShowWhatWasWrittenBeforeAWriteThatFailed() {
        SimDisk disk = new SimDisk();
        Wal log = Wal.open(disk.mount(), context);
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[100]);
        log.append(1, 1, (byte) 1, buffer, 0, 100);
        log.flush();
        log.append(2, 2, (byte) 1, buffer, 0, 100);
        disk.plan((call, operation, name) -> operation == DiskOperation.WRITE ? DiskFault.EIO : DiskFault.NONE);
        assertEquals(
                StorageException.Kind.IO,
                assertThrows(StorageException.class, log::flush).kind());
        disk.plan(FaultPlan.NONE);
        assertEquals(1, log.lastIndex());
        assertEquals(1, log.term(1));
        assertFalse(log.read(2, view));
        assertThrows(StorageException.class, () -> log.append(2, 2, (byte) 1, buffer, 0, 100));
        assertThrows(StorageException.class, log::sync);
        log.close();
    }

    @Test
    void shouldTakeAnEntryLargerThanASegment() {
        UnsafeBuffer large = new UnsafeBuffer(new byte[100_000]);
        large.setMemory(0, large.capacity(), (byte) 9);
        append(1, 1, "small");
        wal.append(2, 1, (byte) 1, large, 0, large.capacity());
        wal.flush();
        append(3, 1, "small");
        wal.sync();
        reopen();
        assertTrue(wal.read(2, view));
        assertEquals(100_000, view.length());
        assertEquals(0, large.compareTo(new UnsafeBuffer(view.buffer(), view.offset(), view.length())));
        assertTrue(wal.read(3, view));
    }

    @Test
    void shouldSayWhenAppendingWouldWait() {
        assertTrue(wal.canAppend(3000));
        assertFalse(wal.canAppend(5000));
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[3000]);
        wal.append(1, 1, (byte) 0, buffer, 0, 3000);
        assertFalse(wal.canAppend(3000));
        assertEquals(1, wal.doWork());
        assertTrue(wal.canAppend(3000));
        assertEquals(0, wal.doWork());
    }

    @Test
    void shouldRefuseAnEntryOverTheLimit() {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[8 * 1024 * 1024 + 1]);
        assertThrows(IllegalArgumentException.class, () -> wal.append(1, 1, (byte) 0, buffer, 0, buffer.capacity()));
        wal.append(1, 1, (byte) 0, buffer, 0, buffer.capacity() - 1);
        wal.sync();
        reopen();
        assertEquals(1, wal.lastIndex());
    }
}
