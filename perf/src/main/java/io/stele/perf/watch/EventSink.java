package io.stele.perf.watch;

/** One watcher's end of a {@link WatchLink}. */
interface EventSink {
    /** The key watched; -1 for all. */
    long key();

    long startRevision();

    /** A change: numbers of key and put, and when the put was sent, are from the value. */
    void onEvent(long revision, long key, long put, long sentNs, long nowNs);

    /** Nothing follows although it should. */
    void onEnd(String why);
}
