package io.stele.storage.file;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * One file of a {@link FileStore}.
 *
 * <p>A byte range may only be mapped after it has been filled by {@link FileStore#create} or {@link #extend}: a mapping
 * never covers a hole, so a full disk is an error of these calls and never a lost store (a fault on a hole is reported
 * late and imprecisely by the JVM).
 */
public interface StoredFile extends AutoCloseable {

    String name();

    /** Length in bytes. */
    long length();

    /** Grows the file with real zeros, forced before this returns. Slow: off the hot path. */
    void extend(long newLength);

    /**
     * Cuts the file. What mappings show of the part that is cut must not be touched, before the file is extended again:
     * they show zeros then. Not forced, because that would force all else in the file: a crash may bring back what was
     * cut.
     */
    void truncate(long newLength);

    /** Maps a range for reading and writing; at most 1 GiB. */
    MappedRegion map(long position, int length);

    /** Makes every store made so far through any mapping of this file, and every write, durable. */
    void sync();

    /** Reads by position, without a mapping. Returns the bytes read; fewer only at the end of the file. */
    int read(long position, MutableDirectBuffer buffer, int offset, int length);

    /**
     * Writes by position, without a mapping; durable after the next {@link #sync()}. Mappings show it at once. May grow
     * the file.
     */
    void write(long position, DirectBuffer buffer, int offset, int length);

    /** Likewise, all that remains in {@code source}: for the hot path, without a copy if it is a direct buffer. */
    void write(long position, ByteBuffer source);

    @Override
    void close();
}
