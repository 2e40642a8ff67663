package io.stele.client;

import io.stele.client.ClientContext.Endpoint;
import io.stele.transport.client.Dialer;
import io.stele.transport.client.DialerContext;
import io.stele.transport.codec.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Watches. Any number of them share one connection, which is not that of other requests, and a thread of their own, so
 * that neither waits for the other.
 *
 * <p>When the connection is lost, or its member can serve no more, another one is made, to the next endpoint, and each
 * watch goes on there with the first revision that it has not got: no event is lost, and none comes twice.
 */
public final class WatchClient implements AutoCloseable {
    static final String COMPACTED = "etcdserver: mvcc: required revision has been compacted";

    private static final long BACKOFF_MIN_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long BACKOFF_MAX_NS = TimeUnit.SECONDS.toNanos(1);
    private static final System.Logger LOG = System.getLogger(WatchClient.class.getName());

    private final ClientContext context;
    private final AtomicLong lastWatchId = new AtomicLong();
    /** Made when the first watch is. */
    private Dialer dialer;

    private volatile boolean isClosed;

    // Of the watch thread:
    private final Long2ObjectHashMap<Watch> watches = new Long2ObjectHashMap<>();
    private final List<CompletableFuture<WatchProgress>> unasked = new ArrayList<>();
    private WatchConnection connection;
    private int nextEndpoint;
    private int failureCount;

    WatchClient(ClientContext context) {
        this.context = context;
        nextEndpoint = ThreadLocalRandom.current().nextInt(1 << 16);
    }

    /** Watches a key from now on. */
    public Watch watch(String key, WatchListener listener) {
        return watch(Bytes.of(key), WatchOptions.DEFAULT, listener);
    }

    /** Watches what the options say. Returns at once; {@link Watch#created} tells when it is under way. */
    public Watch watch(Bytes key, WatchOptions options, WatchListener listener) {
        Watch watch = new Watch(this, lastWatchId.incrementAndGet(), key, options, listener);
        run(() -> {
            watches.put(watch.watchId, watch);
            if (connection == null) {
                dial();
            } else if (connection.isOpen()) {
                connection.create(watch);
            }
        });
        return watch;
    }

    /**
     * Asks how far all watches of this client are; each of them that the answer says something new for hears of it,
     * too. Fails when the connection is lost meanwhile.
     */
    public CompletableFuture<WatchProgress> requestProgress() {
        CompletableFuture<WatchProgress> result = new CompletableFuture<>();
        run(() -> {
            if (connection == null) {
                dial();
            }
            if (connection.isOpen()) {
                connection.progress(result);
            } else {
                unasked.add(result);
            }
        });
        return result;
    }

    void pause(Watch watch) {
        watch.askPause();
        run(() -> {
            watch.onPauseSeen();
            if (watch.state != Watch.State.ENDED && watch.state != Watch.State.PAUSED) {
                forget(watch);
                watch.onLost();
                watch.state = Watch.State.PAUSED;
            }
        });
    }

    void resume(Watch watch) {
        run(() -> {
            if (watch.state == Watch.State.PAUSED) {
                watch.state = Watch.State.ABSENT;
                watches.remove(watch.watchId);
                watch.watchId = lastWatchId.incrementAndGet();
                watches.put(watch.watchId, watch);
                if (connection != null && connection.isOpen()) {
                    connection.create(watch);
                }
            }
        });
    }

    void cancel(Watch watch) {
        run(() -> {
            if (watch.state != Watch.State.ENDED) {
                forget(watch);
                end(watch, new WatchEnd(WatchEnd.Cause.CANCELED, "etcdserver: watch canceled", 0));
            }
        });
    }

    private void forget(Watch watch) {
        boolean isKnown = watch.state == Watch.State.ASKED || watch.state == Watch.State.ACTIVE;
        if (isKnown && connection != null && connection.isOpen()) {
            connection.cancel(watch.watchId);
        }
    }

    /** Ends all watches. */
    @Override
    public void close() {
        Dialer current;
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
            current = dialer;
        }
        if (current != null) {
            current.close();
            // The thread has ended: what was its is this one's now.
            WatchEnd end = new WatchEnd(WatchEnd.Cause.CLOSED, "the client was closed", 0);
            for (Watch watch : new ArrayList<>(watches.values())) {
                end(watch, end);
            }
            unasked.forEach(result -> result.completeExceptionally(failure(end)));
        }
    }

    /** On the watch thread, which is started if need be. */
    private synchronized void run(Runnable task) {
        if (isClosed) {
            throw new IllegalStateException("the client was closed");
        }
        if (dialer == null) {
            dialer = new Dialer(new DialerContext()
                    .useEpoll(context.useEpoll)
                    .connectTimeoutNs(context.connectTimeoutNs)
                    .clientName("stele-java-watch"));
        }
        dialer.schedule(task, 0);
    }

    // ---- watch thread

    private void dial() {
        List<Endpoint> endpoints = context.endpoints;
        Endpoint endpoint = endpoints.get(Math.floorMod(nextEndpoint, endpoints.size()));
        nextEndpoint++;
        connection = new WatchConnection(this);
        dialer.dial(endpoint.host(), endpoint.port(), connection);
    }

    void opened(WatchConnection opened) {
        for (Watch watch : watches.values()) {
            if (watch.state == Watch.State.ABSENT) {
                opened.create(watch);
            }
        }
        unasked.forEach(opened::progress);
        unasked.clear();
    }

    /** The member is of use. */
    void served() {
        failureCount = 0;
    }

    void closed(WatchConnection closed, String text) {
        if (closed != connection || isClosed) {
            return;
        }
        LOG.log(System.Logger.Level.DEBUG, "watches lost their connection: {0}", text);
        connection = null;
        failureCount++;
        for (Watch watch : watches.values()) {
            watch.onLost();
        }
        dialer.schedule(this::redial, delayNs());
    }

    private void redial() {
        if (connection == null && !isClosed) {
            dial();
        }
    }

    /** A first failure is answered at once by trying the next endpoint, where there is one. */
    private long delayNs() {
        int rounds = failureCount / context.endpoints.size();
        if (rounds == 0) {
            return 0;
        }
        long ceilingNs = Math.min(BACKOFF_MAX_NS, BACKOFF_MIN_NS << Math.min(rounds - 1, 10));
        return ThreadLocalRandom.current().nextLong(ceilingNs / 2, ceilingNs + 1);
    }

    /** Goes elsewhere: the member is no use at present. */
    void leave(WatchConnection left, String text) {
        if (left == connection) {
            closed(left, text);
            left.close();
        }
    }

    boolean hasOtherEndpoints() {
        return context.endpoints.size() > 1;
    }

    Watch find(long watchId) {
        return watches.get(watchId);
    }

    void onProgress(Header upTo) {
        for (Watch watch : new ArrayList<>(watches.values())) {
            guarded(watch, () -> watch.onProgress(upTo));
        }
    }

    boolean hasWatches() {
        return !watches.isEmpty();
    }

    /** All that the watches are to get up to this revision they have got. */
    void onBookmark(long revision) {
        for (Watch watch : watches.values()) {
            watch.onBookmark(revision);
        }
    }

    void end(Watch watch, WatchEnd end) {
        watches.remove(watch.watchId);
        guarded(watch, () -> watch.onEnd(end));
    }

    /** A listener that throws ends its own watch only. */
    void guarded(Watch watch, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the listener of a watch of " + watch.key + " has failed: it ends", e);
            if (watch.state != Watch.State.ENDED) {
                forget(watch);
                end(watch, new WatchEnd(WatchEnd.Cause.CANCELED, "its listener has failed: " + e, 0));
            }
        }
    }

    static SteleException failure(WatchEnd end) {
        ErrorCode code = switch (end.cause()) {
            case CANCELED, CLOSED -> ErrorCode.CANCELLED;
            case COMPACTED -> ErrorCode.OUT_OF_RANGE;
            case REFUSED -> ErrorCode.INVALID_ARGUMENT;
        };
        return new SteleException(code, Outcome.NOT_APPLIED, end.text());
    }

    static SteleException lost(String text) {
        return new SteleException(ErrorCode.UNAVAILABLE, Outcome.NOT_APPLIED, "connection lost: " + text);
    }
}
