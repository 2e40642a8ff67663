package io.stele.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** A watch under way. It survives connections and members: it goes on with the first revision that it has not got. */
public final class Watch implements AutoCloseable {
    /** Where it stands with the server; of the watch thread. */
    enum State {
        /** The server does not know of it. */
        ABSENT,
        /** The server was asked to create it. */
        ASKED,
        /** Events come. */
        ACTIVE,
        /** The server was told to forget it, until it is resumed. */
        PAUSED,
        ENDED
    }

    /** Another one after each pause, so that what the server sent before it is not taken for what it sends after. */
    long watchId;

    final Bytes key;
    final WatchOptions options;
    final WatchListener listener;
    State state = State.ABSENT;

    /** Events of a revision of which more are to come. */
    private final List<WatchEvent> open = new ArrayList<>();

    private final WatchClient client;
    private final CompletableFuture<Long> created = new CompletableFuture<>();
    private volatile long nextRevision;

    /** How often a pause was asked for, by any thread. */
    private final AtomicLong pausesAsked = new AtomicLong();
    /** How many of these the watch thread knows of; of that thread. */
    private long pausesSeen;

    Watch(WatchClient client, long watchId, Bytes key, WatchOptions options, WatchListener listener) {
        this.client = client;
        this.watchId = watchId;
        this.key = key;
        this.options = options;
        this.listener = listener;
        nextRevision = options.startRevision();
    }

    /** Completes with the revision at which a server has taken it up, or fails if it never will. */
    public CompletableFuture<Long> created() {
        return created;
    }

    /** The first revision that was not delivered yet; 0 as long as that is the next one, whatever it is. */
    public long nextRevision() {
        return nextRevision;
    }

    /**
     * Stops events until {@link #resume}: none is lost, and nothing is kept anywhere for it. Once this has returned,
     * the listener is not called again; a call that is under way on the watch thread may still end after it.
     */
    public void pause() {
        client.pause(this);
    }

    /** Goes on after {@link #pause}. */
    public void resume() {
        client.resume(this);
    }

    /** Ends it. */
    @Override
    public void close() {
        client.cancel(this);
    }

    // ---- watch thread

    void onCreated(long revision) {
        state = State.ACTIVE;
        if (nextRevision == 0) {
            nextRevision = revision + 1;
        }
        if (created.complete(revision)) {
            listener.onCreated(revision);
        }
    }

    /** The server knows nothing of it any more. */
    void onLost() {
        open.clear();
        if (state == State.ASKED || state == State.ACTIVE) {
            state = State.ABSENT;
        }
    }

    void askPause() {
        pausesAsked.incrementAndGet();
    }

    void onPauseSeen() {
        pausesSeen++;
    }

    /**
     * Whether the listener is to hear of what comes. What it does not hear of while a pause is asked for but not seen
     * comes again: the pause to be seen makes the watch another one, which begins where the listener is.
     */
    private boolean isWanted() {
        return state == State.ACTIVE && pausesSeen == pausesAsked.get();
    }

    void onEvents(WatchEvents batch) {
        if (!isWanted()) {
            return; // sent before the server heard that they are not wanted
        }
        if (options.fragments()) {
            deliver(batch.header(), batch.events(), batch.isFragment());
        } else if (open.isEmpty() && !batch.isFragment()) {
            if (!batch.events().isEmpty()) {
                deliver(batch.header(), batch.events(), false);
            }
        } else {
            gather(batch);
        }
    }

    /** Keeps what belongs to a revision that is not complete, and delivers the rest. */
    private void gather(WatchEvents batch) {
        open.addAll(batch.events());
        if (open.isEmpty()) {
            return;
        }
        long last = open.get(open.size() - 1).pair().modRevision();
        int complete = open.size();
        while (batch.isFragment()
                && complete > 0
                && open.get(complete - 1).pair().modRevision() == last) {
            complete--;
        }
        if (complete > 0) {
            List<WatchEvent> whole = List.copyOf(open.subList(0, complete));
            open.subList(0, complete).clear();
            deliver(batch.header(), whole, false);
        }
    }

    private void deliver(Header header, List<WatchEvent> events, boolean isFragment) {
        if (events.isEmpty()) {
            return;
        }
        long first = events.get(0).pair().modRevision();
        long last = events.get(events.size() - 1).pair().modRevision();
        assert first >= nextRevision : "revision " + first + " where " + nextRevision + " is next";
        nextRevision = isFragment ? last : last + 1;
        listener.onEvents(new WatchEvents(
                new Header(header.clusterId(), header.memberId(), last, header.raftTerm()), events, isFragment));
    }

    void onProgress(Header upTo) {
        if (isWanted() && open.isEmpty() && upTo.revision() + 1 >= nextRevision) {
            onBookmark(upTo.revision());
            listener.onProgress(upTo);
        }
    }

    /** Nothing up to this revision is still to come: where it goes on after a loss, whatever the last event was. */
    void onBookmark(long revision) {
        if (isWanted() && open.isEmpty() && revision >= nextRevision) {
            nextRevision = revision + 1;
        }
    }

    void onEnd(WatchEnd end) {
        if (state == State.ENDED) {
            return;
        }
        state = State.ENDED;
        open.clear();
        created.completeExceptionally(WatchClient.failure(end));
        listener.onEnd(end);
    }
}
