package io.stele.storage.file.sim;

import io.stele.storage.file.FileStore;
import io.stele.storage.file.StorageException;
import io.stele.storage.file.StorageException.Kind;
import io.stele.storage.file.StoredFile;
import java.util.List;

/** The simulated side of the disk port: one node's life on a {@link SimDisk}. Made by {@link SimDisk#mount()}. */
public final class SimFileStore implements FileStore {
    private final SimDisk disk;

    SimFileStore(SimDisk disk) {
        this.disk = disk;
    }

    @Override
    public StoredFile create(String name, long length) {
        return call(DiskOperation.CREATE, name, allOrNothing(() -> {
            return new SimStoredFile(this, name, disk.create(name, length));
        }));
    }

    @Override
    public StoredFile open(String name) {
        return call(DiskOperation.OPEN, name, () -> new SimStoredFile(this, name, disk.image(name)));
    }

    @Override
    public boolean exists(String name) {
        return call(DiskOperation.EXISTS, name, () -> disk.exists(name));
    }

    @Override
    public void rename(String from, String to) {
        call(DiskOperation.RENAME, from, allOrNothing(() -> disk.rename(from, to)));
    }

    @Override
    public void delete(String name) {
        call(DiskOperation.DELETE, name, allOrNothing(() -> disk.delete(name)));
    }

    @Override
    public List<String> list() {
        return call(DiskOperation.LIST, "", disk::names);
    }

    @Override
    public long freeBytes() {
        return call(DiskOperation.FREE_BYTES, "", disk::freeBytes);
    }

    @Override
    public void close() {
        synchronized (disk) {
            disk.release(this);
        }
    }

    SimDisk disk() {
        return disk;
    }

    /** The node that mounted this has crashed, or has given the disk back. */
    boolean isDead() {
        return !disk.holds(this);
    }

    /** What a call does, and what it leaves behind if it goes wrong. */
    @FunctionalInterface
    interface Effect<T> {
        T whole();

        /** A crash in the middle. */
        default void part() {}

        /** An error is about to be reported. */
        default void failed() {}

        /** Success is about to be reported falsely. */
        default T lost() {
            return whole();
        }
    }

    /** A change of the directory: interrupted by a crash it has happened or not. */
    <T> Effect<T> allOrNothing(Effect<T> effect) {
        return new Effect<>() {
            @Override
            public T whole() {
                return effect.whole();
            }

            @Override
            public void part() {
                if (disk.faultRandom().nextBoolean()) {
                    effect.whole();
                }
            }
        };
    }

    /** One call of the port, under the fault plan. */
    <T> T call(DiskOperation operation, String name, Effect<T> effect) {
        synchronized (disk) {
            if (isDead()) {
                throw new SimCrash(operation + " " + name + " on a disk that has crashed or was given back");
            }
            DiskFault fault = disk.nextFault(operation, name);
            return switch (fault) {
                case NONE -> effect.whole();
                case LOST_SYNC -> effect.lost();
                case CRASH_BEFORE -> throw disk.die(operation, name);
                case CRASH_INSIDE -> {
                    crashInside(effect);
                    throw disk.die(operation, name);
                }
                case CRASH_AFTER -> {
                    effect.whole();
                    throw disk.die(operation, name);
                }
                case EIO -> {
                    effect.failed();
                    throw new StorageException(Kind.IO, operation + " " + name + ": simulated input/output error");
                }
                case NO_SPACE -> {
                    effect.failed();
                    throw new StorageException(Kind.NO_SPACE, operation + " " + name + ": simulated full disk");
                }
            };
        }
    }

    private static void crashInside(Effect<?> effect) {
        try {
            effect.part();
        } catch (StorageException e) {
            // The call would have failed, so nothing has happened: a crash before it, so to say.
            assert e.kind() != Kind.CORRUPT : e;
        }
    }
}
