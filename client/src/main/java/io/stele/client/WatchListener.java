package io.stele.client;

/**
 * Hears of changes. Called by the client's watch thread, never by two at a time. While it is busy nothing more is taken
 * from the connection: the server keeps a cursor and nothing else, others are not delayed, and the events come when
 * there is time for them. A listener that will be busy for long, beside others on the same client, calls
 * {@link Watch#pause}.
 */
public interface WatchListener {

    /** Changes: each once, in order, whatever happened to connections and members between. */
    void onEvents(WatchEvents events);

    /** The watch exists on a server; without a start revision, changes after this revision are told of. Called once. */
    default void onCreated(long revision) {}

    /** No event up to the header's revision is still to come. */
    default void onProgress(Header upTo) {}

    /** Nothing follows. */
    default void onEnd(WatchEnd end) {}
}
