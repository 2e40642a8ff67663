package io.stele.storage.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every side of the disk port does. */
public abstract class FileStoreContract {
    private FileStore store;

    /** Opens the directory under test; the second call of a test finds what the first has left. */
    protected abstract FileStore openStore();

    @BeforeEach
    void open() {
        store = openStore();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void shouldStartEmpty() {
        assertEquals(List.of(), store.list());
        assertFalse(store.exists("a"));
    }

    @Test
    void shouldCreateZeros() {
        try (StoredFile file = store.create("a", 200_000)) {
            assertEquals("a", file.name());
            assertEquals(200_000, file.length());
            assertArrayEquals(new byte[200_000], read(file, 0, 200_000));
        }
        assertTrue(store.exists("a"));
    }

    @Test
    void shouldRefuseToCreateTwice() {
        store.create("a", 10).close();
        StorageException failure = assertThrows(StorageException.class, () -> store.create("a", 20));
        assertEquals(StorageException.Kind.IO, failure.kind());
        try (StoredFile file = store.open("a")) {
            assertEquals(10, file.length());
        }
    }

    @Test
    void shouldRefuseToOpenWhatIsNotThere() {
        StorageException failure = assertThrows(StorageException.class, () -> store.open("a"));
        assertEquals(StorageException.Kind.IO, failure.kind());
        assertTrue(failure.getMessage().contains("no such file"), failure.getMessage());
    }

    @Test
    void shouldRefuseNamesWithSeparators() {
        for (String name : List.of("", ".", "..", "a/b", "../a", ".hidden", "a\\b", "a b")) {
            assertThrows(IllegalArgumentException.class, () -> store.create(name, 1), name);
            assertThrows(IllegalArgumentException.class, () -> store.exists(name), name);
        }
    }

    @Test
    void shouldListSorted() {
        for (String name : List.of("c", "a", "b-2", "b-1")) {
            store.create(name, 1).close();
        }
        assertEquals(List.of("a", "b-1", "b-2", "c"), store.list());
    }

    @Test
    void shouldDelete() {
        store.create("a", 1).close();
        store.delete("a");
        assertFalse(store.exists("a"));
        assertThrows(StorageException.class, () -> store.delete("a"));
    }

    @Test
    void shouldRenameOver() {
        store.create("a", 1).close();
        store.create("b", 2).close();
        store.rename("a", "b");
        assertEquals(List.of("b"), store.list());
        try (StoredFile file = store.open("b")) {
            assertEquals(1, file.length());
        }
        assertThrows(StorageException.class, () -> store.rename("a", "c"));
    }

    @Test
    void shouldKeepAnOpenFileUsableUnderItsNewName() {
        try (StoredFile file = store.create("a", 8);
                MappedRegion region = file.map(0, 8)) {
            store.rename("a", "b");
            region.buffer().putLong(0, 42);
            file.sync();
            try (StoredFile again = store.open("b")) {
                assertEquals(42, new UnsafeBuffer(read(again, 0, 8)).getLong(0));
            }
        }
    }

    @Test
    void shouldReadBackWhatWasWritten() {
        byte[] bytes = pattern(150_000);
        try (StoredFile file = store.create("a", 200_000)) {
            file.write(777, new UnsafeBuffer(bytes), 0, bytes.length);
            file.sync();
            assertArrayEquals(bytes, read(file, 777, bytes.length));
            assertEquals(200_000, file.length());
        }
    }

    @Test
    void shouldReadShortAtTheEnd() {
        try (StoredFile file = store.create("a", 100)) {
            UnsafeBuffer buffer = new UnsafeBuffer(new byte[50]);
            assertEquals(30, file.read(70, buffer, 0, 50));
            assertEquals(0, file.read(100, buffer, 0, 50));
            assertEquals(0, file.read(10, buffer, 0, 0));
        }
    }

    @Test
    void shouldGrowByWritingBeyondTheEnd() {
        try (StoredFile file = store.create("a", 100)) {
            byte[] bytes = pattern(100);
            file.write(100, new UnsafeBuffer(bytes), 0, 100);
            assertEquals(200, file.length());
            assertArrayEquals(bytes, read(file, 100, 100));
        }
    }

    @Test
    void shouldExtendWithZerosAndTruncate() {
        try (StoredFile file = store.create("a", 1000)) {
            byte[] bytes = pattern(1000);
            file.write(0, new UnsafeBuffer(bytes), 0, 1000);
            file.truncate(300);
            assertEquals(300, file.length());
            file.extend(100_000);
            assertEquals(100_000, file.length());
            byte[] now = read(file, 0, 100_000);
            for (int i = 0; i < now.length; i++) {
                assertEquals(i < 300 ? bytes[i] : 0, now[i]);
            }
            assertThrows(IllegalArgumentException.class, () -> file.extend(1));
            assertThrows(IllegalArgumentException.class, () -> file.truncate(100_001));
        }
    }

    @Test
    void shouldKeepTheMappingOfWhatIsCutAndExtendedAgain() {
        try (StoredFile file = store.create("a", 64 * 1024);
                MappedRegion region = file.map(0, 64 * 1024)) {
            byte[] bytes = pattern(64 * 1024);
            region.buffer().putBytes(0, bytes);
            file.truncate(16 * 1024);
            file.extend(48 * 1024);
            for (int i = 0; i < 48 * 1024; i++) {
                assertEquals(i < 16 * 1024 ? bytes[i] : 0, region.buffer().getByte(i));
            }
            region.buffer().putInt(40_000, 12345);
            region.sync(32 * 1024, 16 * 1024);
            assertEquals(12345, new UnsafeBuffer(read(file, 40_000, 4)).getInt(0));
        }
    }

    @Test
    void shouldShowStoresThroughTheMappingToReaders() {
        try (StoredFile file = store.create("a", 16 * 1024);
                MappedRegion region = file.map(4096, 8192)) {
            assertEquals(4096, region.position());
            assertEquals(8192, region.length());
            assertEquals(8192, region.buffer().capacity());
            region.buffer().putInt(10, 12345);
            region.sync(0, 100);
            assertEquals(12345, new UnsafeBuffer(read(file, 4106, 4)).getInt(0));
        }
    }

    @Test
    void shouldWriteWhatRemainsInAByteBuffer() {
        byte[] bytes = pattern(3000);
        for (ByteBuffer source :
                List.of(ByteBuffer.wrap(bytes), ByteBuffer.allocateDirect(3000).put(bytes))) {
            try (StoredFile file = store.create("a" + source.isDirect(), 8192);
                    MappedRegion region = file.map(4096, 4096)) {
                source.limit(2900).position(100);
                file.write(4000, source);
                assertFalse(source.hasRemaining());
                assertArrayEquals(Arrays.copyOfRange(bytes, 100, 2900), read(file, 4000, 2800));
                assertEquals(bytes[196], region.buffer().getByte(0));
                assertArrayEquals(new byte[8192 - 6800], read(file, 6800, 8192 - 6800));
            }
        }
    }

    @Test
    void shouldShowWritesInTheMapping() {
        try (StoredFile file = store.create("a", 16 * 1024);
                MappedRegion region = file.map(4096, 8192)) {
            file.write(4090, new UnsafeBuffer(pattern(100)), 0, 100);
            byte[] seen = new byte[94];
            region.buffer().getBytes(0, seen);
            for (int i = 0; i < seen.length; i++) {
                assertEquals(pattern(100)[i + 6], seen[i]);
            }
        }
    }

    @Test
    void shouldKeepMappedStoresAfterUnmapping() {
        try (StoredFile file = store.create("a", 8192)) {
            try (MappedRegion region = file.map(0, 8192)) {
                region.buffer().putLong(8184, 99);
            }
            try (MappedRegion region = file.map(4096, 4096)) {
                assertEquals(99, region.buffer().getLong(4088));
            }
        }
    }

    @Test
    void shouldRefuseToUseAClosedMapping() {
        try (StoredFile file = store.create("a", 8192)) {
            MappedRegion region = file.map(0, 8192);
            region.close();
            assertThrows(IndexOutOfBoundsException.class, () -> region.buffer().getLong(0));
            region.close();
        }
    }

    @Test
    void shouldRefuseToMapBeyondTheEnd() {
        try (StoredFile file = store.create("a", 8192)) {
            assertThrows(IllegalArgumentException.class, () -> file.map(4096, 8192));
            assertThrows(IllegalArgumentException.class, () -> file.map(0, 0));
            assertThrows(IllegalArgumentException.class, () -> file.map(-1, 10));
        }
    }

    @Test
    void shouldFindEverythingAfterReopening() {
        byte[] bytes = pattern(5000);
        try (StoredFile file = store.create("a", 5000)) {
            file.write(0, new UnsafeBuffer(bytes), 0, 5000);
            file.sync();
        }
        store.create("b", 1).close();
        store.close();
        store = openStore();
        assertEquals(List.of("a", "b"), store.list());
        try (StoredFile file = store.open("a")) {
            assertArrayEquals(bytes, read(file, 0, 5000));
        }
    }

    @Test
    void shouldTellFreeSpace() {
        assertTrue(store.freeBytes() > 0);
    }

    static byte[] read(StoredFile file, long position, int length) {
        byte[] bytes = new byte[length];
        assertEquals(length, file.read(position, new UnsafeBuffer(bytes), 0, length));
        return bytes;
    }

    static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + (i >>> 8) + 1);
        }
        return bytes;
    }
}
