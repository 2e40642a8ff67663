package io.stele.storage.file.sim;

import io.stele.storage.file.MappedRegion;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A mapped range of a simulated file: plain memory, compared with the disk when it matters. */
final class SimMappedRegion implements MappedRegion {
    private final SimStoredFile file;
    private final UnsafeBuffer buffer;
    private final long position;
    private final int length;
    private boolean closed;

    SimMappedRegion(SimStoredFile file, UnsafeBuffer buffer, long position) {
        this.file = file;
        this.buffer = buffer;
        this.position = position;
        length = buffer.capacity();
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
        file.sync((int) position + offset, (int) position + offset + count);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            file.unmap(buffer);
            buffer.wrap(new byte[0]);
        }
    }
}
