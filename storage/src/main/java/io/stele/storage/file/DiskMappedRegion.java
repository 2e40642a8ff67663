package io.stele.storage.file;

import java.nio.MappedByteBuffer;
import org.agrona.IoUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A real mapping, unmapped at {@link #close()} and not when the collector finds it. */
final class DiskMappedRegion implements MappedRegion {
    private final DiskStoredFile file;
    private final MappedByteBuffer mapped;
    private final UnsafeBuffer buffer;
    private final long position;
    private final int length;
    private boolean closed;

    DiskMappedRegion(DiskStoredFile file, MappedByteBuffer mapped, long position, int length) {
        this.file = file;
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
        file.sync();
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
