package io.stele.simulator.planted;

import io.stele.storage.file.FileStore;
import io.stele.storage.file.MappedRegion;
import io.stele.storage.file.StoredFile;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.UnaryOperator;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** A disk port on which each file goes through a wrapper. */
final class FaultyFiles implements FileStore {
    private final FileStore files;
    private final UnaryOperator<StoredFile> wrapper;

    FaultyFiles(FileStore files, UnaryOperator<StoredFile> wrapper) {
        this.files = files;
        this.wrapper = wrapper;
    }

    @Override
    public StoredFile create(String name, long length) {
        return wrapper.apply(files.create(name, length));
    }

    @Override
    public StoredFile open(String name) {
        return wrapper.apply(files.open(name));
    }

    @Override
    public boolean exists(String name) {
        return files.exists(name);
    }

    @Override
    public void rename(String from, String to) {
        files.rename(from, to);
    }

    @Override
    public void delete(String name) {
        files.delete(name);
    }

    @Override
    public List<String> list() {
        return files.list();
    }

    @Override
    public long freeBytes() {
        return files.freeBytes();
    }

    @Override
    public void close() {
        files.close();
    }

    /** A file whose behaviour a subclass spoils. */
    static class PassingFile implements StoredFile {
        final StoredFile file;

        PassingFile(StoredFile file) {
            this.file = file;
        }

        @Override
        public String name() {
            return file.name();
        }

        @Override
        public long length() {
            return file.length();
        }

        @Override
        public void extend(long newLength) {
            file.extend(newLength);
        }

        @Override
        public void truncate(long newLength) {
            file.truncate(newLength);
        }

        @Override
        public MappedRegion map(long position, int length) {
            return new PassingRegion(file.map(position, length), this);
        }

        /** A force of a part of the file through one of its mappings. */
        void sync(MappedRegion region, int offset, int length) {
            region.sync(offset, length);
        }

        @Override
        public void sync() {
            file.sync();
        }

        @Override
        public int read(long position, MutableDirectBuffer buffer, int offset, int length) {
            return file.read(position, buffer, offset, length);
        }

        @Override
        public void write(long position, DirectBuffer buffer, int offset, int length) {
            file.write(position, buffer, offset, length);
        }

        @Override
        public void write(long position, ByteBuffer source) {
            file.write(position, source);
        }

        @Override
        public void close() {
            file.close();
        }
    }

    /** A mapping that leaves it to its file what a force does. */
    private static final class PassingRegion implements MappedRegion {
        private final MappedRegion region;
        private final PassingFile owner;

        PassingRegion(MappedRegion region, PassingFile owner) {
            this.region = region;
            this.owner = owner;
        }

        @Override
        public MutableDirectBuffer buffer() {
            return region.buffer();
        }

        @Override
        public long position() {
            return region.position();
        }

        @Override
        public int length() {
            return region.length();
        }

        @Override
        public void sync(int offset, int length) {
            owner.sync(region, offset, length);
        }

        @Override
        public void close() {
            region.close();
        }
    }
}
