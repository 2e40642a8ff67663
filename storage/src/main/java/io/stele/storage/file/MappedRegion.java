package io.stele.storage.file;

import org.agrona.MutableDirectBuffer;

/** A mapped range of a {@link StoredFile}. Stores go to memory at once; they are durable after a sync. */
public interface MappedRegion extends AutoCloseable {

    /** The range's bytes; invalid after {@link #close()}. */
    MutableDirectBuffer buffer();

    /** Position of the range in its file. */
    long position();

    int length();

    /** Makes the stores and writes made so far to {@code [offset, offset + length)} durable; may make more durable. */
    void sync(int offset, int length);

    /** Unmaps. Using {@link #buffer()} afterwards is an error. */
    @Override
    void close();
}
