package io.stele.storage.file;

import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import org.agrona.IoUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A real mapping, unmapped at {@link #close()} and not when the collector finds it. */
final class DiskMappedRegion implements MappedRegion {
    private final String name;
    private final MappedByteBuffer mapped;
    private final UnsafeBuffer buffer;
    private final long position;
    private final int length;
    private boolean closed;

    DiskMappedRegion(String name, MappedByteBuffer mapped, long position, int length) {
        this.name = name;
        this.mapped = mapped;
        this.position = position;
        this.length = length;
        buffer = new UnsafeBuffer(mapped);
    }

    @Override
    public MutableDirectBuffer buffer() {
        return buffer;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public void sync(int offset, int count) {
        buffer.boundsCheck(offset, count);
        try {
            mapped.force(offset, count);
        } catch (UncheckedIOException e) {
            throw DiskFileStore.failure("cannot force " + name, e.getCause());
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            // A late use now meets a bounds check instead of a fault that kills the process.
            buffer.wrap(0, 0);
            IoUtil.unmap(mapped);
        }
    }
}
