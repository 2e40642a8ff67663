package io.stele.client;

import org.agrona.DirectBuffer;

/** Receives the pairs of a streamed range, in order, on a network thread; while it is busy, the server waits. */
public interface KeyValueHandler {

    /** One pair. The view is valid during the call only. */
    void onPair(KeyValueView pair);

    /** A pair, read in place. */
    interface KeyValueView {
        /** The buffer that key and value are in. */
        DirectBuffer buffer();

        int keyOffset();

        int keyLength();

        int valueOffset();

        int valueLength();

        long createRevision();

        long modRevision();

        long version();

        long lease();

        /** A copy that stays. */
        KeyValue copy();
    }
}
