package io.stele.index;

import org.agrona.DirectBuffer;

/**
 * Point lookups of live keys, off heap: a derived structure that may be dropped and rebuilt at any time.
 *
 * <p>Single-threaded. Knows no order: ranges belong to the page store.
 */
public interface KeyIndex extends AutoCloseable {

    /** Fills {@code into} and returns true if the key is present. */
    boolean get(DirectBuffer key, int offset, int length, KeyRecord into);

    /** Inserts or replaces. */
    void put(DirectBuffer key, int offset, int length, KeyRecord record);

    /** Returns whether the key was present. */
    boolean remove(DirectBuffer key, int offset, int length);

    long entryCount();

    /** Bytes held outside the heap, estimated. */
    long offHeapBytes();

    void clear();

    @Override
    void close();
}
