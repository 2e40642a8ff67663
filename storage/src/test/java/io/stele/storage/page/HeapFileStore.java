package io.stele.storage.page;

import io.stele.storage.file.FileStore;
import io.stele.storage.file.MappedRegion;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.StoredFile;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.TreeMap;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Files on the heap that never fail, except for want of space. What is stored is there, forced or not. */
final class HeapFileStore implements FileStore {
    private final TreeMap<String, HeapFile> files = new TreeMap<>();
    private final int capacity;
    long lengthMax = Long.MAX_VALUE;
    long freeBytesReported;

    /** No file may grow beyond {@code capacity}. */
    HeapFileStore(int capacity) {
        this.capacity = capacity;
    }

    @Override
    public StoredFile create(String name, long length) {
        HeapFile file = new HeapFile(name);
        file.extend(length);
        files.put(name, file);
        return file;
    }

    @Override
    public StoredFile open(String name) {
        return files.get(name);
    }

    @Override
    public boolean exists(String name) {
        return files.containsKey(name);
    }

    @Override
    public void rename(String from, String to) {
        HeapFile file = files.remove(from);
        file.name = to;
        files.put(to, file);
    }

    @Override
    public void delete(String name) {
        files.remove(name);
    }

    @Override
    public List<String> list() {
        return List.copyOf(files.keySet());
    }

    @Override
    public long freeBytes() {
        return freeBytesReported;
    }

    @Override
    public void close() {}

    byte[] bytes(String name) {
        return files.get(name).bytes;
    }

    private final class HeapFile implements StoredFile {
        private String name;
        private final byte[] bytes = new byte[capacity];
        private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        private long length;

        HeapFile(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public void extend(long newLength) {
            if (newLength > lengthMax || newLength > capacity) {
                throw new StorageException(StorageException.Kind.NO_SPACE, "heap file is full at " + length);
            }
            buffer.setMemory((int) length, (int) (newLength - length), (byte) 0);
            length = newLength;
        }

        @Override
        public void truncate(long newLength) {
            length = newLength;
        }

        @Override
        public MappedRegion map(long position, int regionLength) {
            return new HeapRegion(new UnsafeBuffer(bytes, (int) position, regionLength), position);
        }

        @Override
        public void sync() {}

        @Override
        public int read(long position, MutableDirectBuffer target, int offset, int count) {
            int available = (int) Math.max(0, Math.min(count, length - position));
            target.putBytes(offset, bytes, (int) position, available);
            return available;
        }

        @Override
        public void write(long position, DirectBuffer source, int offset, int count) {
            source.getBytes(offset, bytes, (int) position, count);
        }

        @Override
        public void write(long position, ByteBuffer source) {
            source.get(bytes, (int) position, source.remaining());
        }

        @Override
        public void close() {}
    }

    private record HeapRegion(MutableDirectBuffer buffer, long position) implements MappedRegion {
        @Override
        public int length() {
            return buffer.capacity();
        }

        @Override
        public void sync(int offset, int length) {}

        @Override
        public void close() {}
    }
}
