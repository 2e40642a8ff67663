package io.stele.server.watch;

/** One watch: what it is for, and where it stands. It has no queue: what it has not got is in the log or in history. */
final class Watcher {
    /** Range end of one that has no end. */
    static final byte[] UNBOUNDED = new byte[0];

    final WatchSession session;
    final long watchId;
    final byte[] key;
    /** First key beyond; null: the one key. */
    final byte[] end;

    final WatchOptions options;

    /** Every event at or after this place that matches is still to be delivered, unless its pass has gone beyond. */
    long startMain;

    int startSub;

    /** The pass that reads for it; null once it has ended. */
    Pass pass;

    /** Where the pass's index holds it. */
    WatcherList list;

    int slot;

    /** Its place among the pass's members. */
    int memberSlot;

    /** Revision of which it has got events and does not know yet that there are no more; 0: none. */
    long openRevision;

    /** Used while frames are made: its events of one revision that are still to be written. */
    int pendingCount;

    /** When something was sent to it last. */
    long sentNs;

    /** When it was last seen to whether it is to be told how far it is. */
    long progressNs;

    Watcher(WatchSession session, long watchId, byte[] key, byte[] end, WatchOptions options) {
        this.session = session;
        this.watchId = watchId;
        this.key = key;
        this.end = end;
        this.options = options;
    }

    boolean wants(boolean isDeletion) {
        return isDeletion ? !options.noDelete() : !options.noPut();
    }
}
