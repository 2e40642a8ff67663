package io.stele.storage.file.sim;

import io.stele.storage.file.MappedRegion;
import io.stele.storage.file.StoredFile;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** An open file of a {@link SimFileStore}. */
final class SimStoredFile implements StoredFile {
    private final SimFileStore store;
    private final String name;
    private final SimImage image;
    private boolean closed;

    SimStoredFile(SimFileStore store, String name, SimImage image) {
        this.store = store;
        this.name = name;
        this.image = image;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long length() {
        synchronized (store.disk()) {
            return image.length();
        }
    }

    @Override
    public void extend(long newLength) {
        if (newLength < length()) {
            throw new IllegalArgumentException(name + ": cannot extend " + length() + " bytes to " + newLength);
        }
        checkOpen();
        store.call(DiskOperation.EXTEND, name, new SimFileStore.Effect<>() {
            @Override
            public SimImage whole() {
                store.disk().allocate(newLength - image.length());
                return image.extend(Math.toIntExact(newLength));
            }

            @Override
            public void part() {
                image.extend(Math.toIntExact(store.disk().faultRandom().nextLong(image.length(), newLength + 1)));
            }
        });
    }

    @Override
    public void truncate(long newLength) {
        if (newLength > length()) {
            throw new IllegalArgumentException(name + ": cannot cut " + length() + " bytes to " + newLength);
        }
        checkOpen();
        store.call(DiskOperation.TRUNCATE, name, store.allOrNothing(() -> image.truncate((int) newLength)));
    }

    @Override
    public MappedRegion map(long position, int length) {
        if (position < 0 || length <= 0 || position + length > length()) {
            throw new IllegalArgumentException(
                    name + ": cannot map " + length + " bytes at " + position + " of " + length());
        }
        checkOpen();
        return store.call(
                DiskOperation.MAP, name, () -> new SimMappedRegion(this, image.map((int) position, length), position));
    }

    @Override
    public void sync() {
        sync(0, Math.toIntExact(length()));
    }

    void sync(int from, int to) {
        checkOpen();
        store.call(DiskOperation.SYNC, name, new SimFileStore.Effect<>() {
            @Override
            public SimImage whole() {
                store.disk().countSync();
                return image.sync(from, to);
            }

            @Override
            public void part() {
                image.syncPartly(from, to, store.disk().faultRandom(), false);
            }

            @Override
            public void failed() {
                image.syncPartly(from, to, store.disk().faultRandom(), true);
            }

            @Override
            public SimImage lost() {
                return image.loseSync(from, to);
            }
        });
    }

    @Override
    public int read(long position, MutableDirectBuffer buffer, int offset, int length) {
        buffer.boundsCheck(offset, length);
        checkOpen();
        return store.call(DiskOperation.READ, name, () -> image.read(position, buffer, offset, length));
    }

    @Override
    public void write(long position, DirectBuffer buffer, int offset, int length) {
        buffer.boundsCheck(offset, length);
        checkOpen();
        int at = Math.toIntExact(position);
        store.call(DiskOperation.WRITE, name, new SimFileStore.Effect<>() {
            @Override
            public SimImage whole() {
                store.disk().allocate(Math.max(0, position + length - image.length()));
                return image.write(at, buffer, offset, length);
            }

            @Override
            public void part() {
                image.write(at, buffer, offset, store.disk().faultRandom().nextInt(length + 1));
            }
        });
    }

    @Override
    public void write(long position, ByteBuffer source) {
        write(position, new UnsafeBuffer(source, source.position(), source.remaining()), 0, source.remaining());
        source.position(source.limit());
    }

    void unmap(UnsafeBuffer buffer) {
        synchronized (store.disk()) {
            if (!store.isDead()) {
                image.unmap(buffer);
            }
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException(name + " is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
