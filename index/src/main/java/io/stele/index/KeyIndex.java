package io.stele.index;

import org.agrona.DirectBuffer;

/**
 * Point lookups of live keys, off heap: a derived structure that may be dropped and rebuilt at any time.
 *
 * <p>Single-threaded. Knows no order: ranges belong to the page store. It holds what it was given, which need not be
 * everything: keys longer than it accepts are left out, and before it is ready it holds nothing. Its owner knows
 * whether it is complete, and asks the page store where it is not.
 */
public interface KeyIndex extends AutoCloseable {

    /** Whether keys of this length are held at all. */
    boolean accepts(int keyLength);

    /** False until the index can hold entries, and for good after it failed; its content is empty then. */
    boolean isReady();

    /** Fills {@code into} and returns true if the key is present. */
    boolean get(DirectBuffer key, int offset, int length, KeyRecord into);

    /** Inserts or replaces. False if the key is not held: too long, not ready, or no room, which ends readiness. */
    boolean put(DirectBuffer key, int offset, int length, KeyRecord record);

    /** Removes the key if it is held. */
    void remove(DirectBuffer key, int offset, int length);

    /** Moves at most {@code budget} entries of a growth under way; returns the work done, 0 when idle. */
    int doWork(int budget);

    long entryCount();

    /** Bytes held outside the heap, estimated. */
    long offHeapBytes();

    void clear();

    @Override
    void close();
}
