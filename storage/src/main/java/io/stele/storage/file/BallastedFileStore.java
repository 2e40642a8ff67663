package io.stele.storage.file;

import io.stele.storage.file.StorageException.Kind;
import java.nio.ByteBuffer;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A disk with {@link Ballast} on board. A file that cannot be created or extended for want of space is tried again
 * once the ballast has been dropped: so whatever needs space then - a log segment, a region of pages - gets it, on
 * whichever thread, and {@link #isDropped} says from that moment on that nothing more should be taken.
 */
public final class BallastedFileStore implements FileStore {
    private final FileStore files;
    private final Ballast ballast;
    private volatile boolean dropped;
    private volatile int dropCount;

    public BallastedFileStore(FileStore files, long ballastLength) {
        this.files = files;
        this.ballast = new Ballast(files, ballastLength);
    }

    /** Whether the ballast went overboard and has not been taken up again; any thread. */
    public boolean isDropped() {
        return dropped;
    }

    /** Takes the ballast up where there is space for it and for others; slow, off the hot path. */
    public synchronized void takeUp() {
        if (ballast.takeUp()) {
            dropped = false;
        }
    }

    /** Makes room after a call has failed that began when so many drops had happened; or fails as the call did. */
    private synchronized void makeRoom(int dropsBefore, StorageException failure) {
        if (failure.kind() != Kind.NO_SPACE) {
            throw failure;
        }
        if (ballast.drop()) {
            dropped = true;
            dropCount++;
        }
        if (dropCount == dropsBefore) {
            throw failure;
        }
    }

    @Override
    public StoredFile create(String name, long length) {
        int drops = dropCount;
        try {
            return new BallastedFile(files.create(name, length));
        } catch (StorageException e) {
            makeRoom(drops, e);
            return new BallastedFile(files.create(name, length));
        }
    }

    @Override
    public StoredFile open(String name) {
        return new BallastedFile(files.open(name));
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

    private final class BallastedFile implements StoredFile {
        private final StoredFile file;

        BallastedFile(StoredFile file) {
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
            int drops = dropCount;
            try {
                file.extend(newLength);
            } catch (StorageException e) {
                makeRoom(drops, e);
                file.extend(newLength);
            }
        }

        @Override
        public void truncate(long newLength) {
            file.truncate(newLength);
        }

        @Override
        public MappedRegion map(long position, int length) {
            return file.map(position, length);
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
}
