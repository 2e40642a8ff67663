package io.stele.storage.file;

import io.stele.storage.file.StorageException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.agrona.DirectBuffer;
import org.agrona.IoUtil;
import org.agrona.MutableDirectBuffer;

/** A file of a {@link DiskFileStore}. Its mappings outlive {@link #close()}, but can no longer be made durable then. */
final class DiskStoredFile implements StoredFile {
    private static final int CHUNK_LENGTH = 64 * 1024;

    /** Length of a write of zeros, and so of the page cache's folios: a store through a mapping dirties all of one. */
    private static final int ZEROS_LENGTH = 16 * 1024;

    private static final int FORCED_LENGTH = 1 << 20;
    private static final int MAPPING_MAX = 1 << 30;

    private final String name;
    private final Path path;
    private final FileChannel channel;

    /** Changed under this object's monitor: one thread may extend the file while another writes to it. */
    private volatile long length;

    DiskStoredFile(String name, Path path, FileChannel channel) throws IOException {
        this.name = name;
        this.path = path;
        this.channel = channel;
        length = channel.size();
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
        long oldLength = length;
        if (newLength < oldLength) {
            throw new IllegalArgumentException(path + ": cannot extend " + oldLength + " bytes to " + newLength);
        }
        try {
            ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS_LENGTH);
            long position = oldLength;
            long forced = oldLength;
            while (position < newLength) {
                zeros.clear().limit((int) Math.min(ZEROS_LENGTH, newLength - position));
                position += channel.write(zeros, position);
                if (position - forced >= FORCED_LENGTH || position == newLength) {
                    forceRange(forced, (int) (position - forced));
                    forced = position;
                }
            }
            lengthenTo(newLength);
        } catch (IOException | UncheckedIOException e) {
            StorageException failure = DiskFileStore.failure(
                    "cannot extend " + path + " to " + newLength + " bytes",
                    e instanceof UncheckedIOException unchecked ? unchecked.getCause() : (IOException) e);
            cutBack(oldLength, failure);
            throw failure;
        }
    }

    /**
     * Piece by piece, so that whoever forces another file meanwhile waits for one; and nothing but the piece, because
     * the rest of the file may be full of stores that nobody wants on the disk yet.
     */
    private void forceRange(long position, int count) throws IOException {
        MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, position, count);
        try {
            mapped.force();
        } finally {
            IoUtil.unmap(mapped);
        }
    }

    private synchronized void lengthenTo(long newLength) {
        length = Math.max(length, newLength);
    }

    /** Gives back what a failed {@link #extend} had taken: on a full disk others need it. */
    private void cutBack(long oldLength, StorageException failure) {
        try {
            channel.truncate(oldLength);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public void truncate(long newLength) {
        if (newLength > length) {
            throw new IllegalArgumentException(path + ": cannot cut " + length + " bytes to " + newLength);
        }
        try {
            channel.truncate(newLength);
            synchronized (this) {
                length = newLength;
            }
        } catch (IOException e) {
            throw DiskFileStore.failure("cannot truncate " + path, e);
        }
    }

    @Override
    public MappedRegion map(long position, int mappedLength) {
        if (position < 0 || mappedLength <= 0 || mappedLength > MAPPING_MAX || position + mappedLength > length) {
            throw new IllegalArgumentException(
                    path + ": cannot map " + mappedLength + " bytes at " + position + " of " + length);
        }
        try {
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, position, mappedLength);
            return new DiskMappedRegion(name, mapped, position, mappedLength);
        } catch (IOException e) {
            throw DiskFileStore.failure("cannot map " + path, e);
        }
    }

    /** {@code fdatasync}. */
    @Override
    public void sync() {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw DiskFileStore.failure("cannot force " + path, e);
        }
    }

    @Override
    public int read(long position, MutableDirectBuffer buffer, int offset, int count) {
        buffer.boundsCheck(offset, count);
        try {
            ByteBuffer chunk = ByteBuffer.allocateDirect(Math.max(1, Math.min(CHUNK_LENGTH, count)));
            int done = 0;
            while (done < count) {
                chunk.clear().limit(Math.min(chunk.capacity(), count - done));
                int read = channel.read(chunk, position + done);
                if (read <= 0) {
                    break;
                }
                buffer.putBytes(offset + done, chunk.flip(), 0, read);
                done += read;
            }
            return done;
        } catch (IOException e) {
            throw DiskFileStore.failure("cannot read " + path, e);
        }
    }

    @Override
    public void write(long position, DirectBuffer buffer, int offset, int count) {
        buffer.boundsCheck(offset, count);
        try {
            ByteBuffer chunk = ByteBuffer.allocateDirect(Math.max(1, Math.min(CHUNK_LENGTH, count)));
            int done = 0;
            while (done < count) {
                int chunkLength = Math.min(chunk.capacity(), count - done);
                chunk.clear();
                buffer.getBytes(offset + done, chunk, 0, chunkLength);
                chunk.position(0).limit(chunkLength);
                done += channel.write(chunk, position + done);
            }
            if (position + count > length) {
                lengthenTo(position + count);
            }
        } catch (IOException e) {
            throw DiskFileStore.failure("cannot write " + path, e);
        }
    }

    @Override
    public void write(long position, ByteBuffer source) {
        try {
            long end = position;
            while (source.hasRemaining()) {
                end += channel.write(source, end);
            }
            if (end > length) {
                lengthenTo(end);
            }
        } catch (IOException e) {
            throw DiskFileStore.failure("cannot write " + path, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new StorageException(Kind.IO, "cannot close " + path, e);
        }
    }
}
