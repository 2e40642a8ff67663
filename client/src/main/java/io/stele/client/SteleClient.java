package io.stele.client;

import io.stele.transport.ApiError;
import io.stele.transport.SendResult;
import io.stele.transport.client.Dialer;
import io.stele.transport.client.DialerContext;
import io.stele.transport.client.ServerIdentity;
import io.stele.transport.codec.ErrorCode;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * A client of a Stele cluster. Safe for any number of threads, whose requests share few connections; one client is
 * enough for a process.
 *
 * <p>Every request is asynchronous. It is sent again by itself as long as that is safe and its time is not over: reads
 * always, writes only if they cannot have had an effect. A write whose fate nobody knows fails with a
 * {@link SteleException} that says {@link SteleException#isOutcomeUnknown}.
 *
 * <p>Futures complete on a network thread: what is chained to them must not block; use the async variants for that.
 */
public final class SteleClient implements ClientView, AutoCloseable {
    private static final long RETRY_MIN_NS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long RETRY_MAX_NS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long FULL_PARK_NS = TimeUnit.MICROSECONDS.toNanos(50);

    private final ClientContext context;
    private final Dialer dialer;
    private final Lane[] lanes;
    private final CompletableFuture<Void> firstOpen = new CompletableFuture<>();
    private final ThreadLocal<RequestWriter> writers = ThreadLocal.withInitial(RequestWriter::new);
    private final Set<Call<?>> waiting = ConcurrentHashMap.newKeySet();
    private final KvClient kv = new KvClient(this);
    private final LeaseClient lease = new LeaseClient(this);
    private final MaintenanceClient maintenance = new MaintenanceClient(this);
    private final ClusterClient cluster = new ClusterClient(this);
    private final WatchClient watch;
    private final RawClient raw;
    private volatile String lastFailure;
    private volatile boolean isClosed;

    /** Connects to {@code host:port}, or to several, separated by commas. */
    public static SteleClient connect(String endpoints) {
        return connect(new ClientContext().endpoints(endpoints));
    }

    /** Returns once a server has answered; throws {@link SteleException} with one clear line if none does. */
    public static SteleClient connect(ClientContext context) {
        context.conclude();
        SteleClient client = new SteleClient(context);
        try {
            client.awaitFirst();
            return client;
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    private SteleClient(ClientContext context) {
        this.context = context;
        lastFailure = context.endpoints.get(0) + ": no answer in time";
        dialer = new Dialer(new DialerContext()
                .loopCount(context.threadCount)
                .useEpoll(context.useEpoll)
                .connectTimeoutNs(context.connectTimeoutNs));
        lanes = new Lane[context.connectionCount];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = new Lane(this, context, dialer, i);
        }
        raw = new RawClient(lanes);
        watch = new WatchClient(context);
        for (Lane lane : lanes) {
            lane.dial();
        }
    }

    private void awaitFirst() {
        try {
            firstOpen.get(context.connectTimeoutNs * context.endpoints.size(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new SteleException(ErrorCode.UNAVAILABLE, Outcome.NOT_APPLIED, cannotConnect());
        } catch (ExecutionException e) {
            throw new SteleException(
                    ErrorCode.UNAVAILABLE, Outcome.NOT_APPLIED, e.getCause().getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SteleException(ErrorCode.CANCELLED, Outcome.NOT_APPLIED, "interrupted while connecting");
        }
    }

    private String cannotConnect() {
        return context.endpoints.size() == 1
                ? "cannot connect to " + lastFailure
                : "cannot connect to any of " + context.endpoints + ", last " + lastFailure;
    }

    @Override
    public KvClient kv() {
        return kv;
    }

    @Override
    public LeaseClient lease() {
        return lease;
    }

    public MaintenanceClient maintenance() {
        return maintenance;
    }

    public ClusterClient cluster() {
        return cluster;
    }

    public WatchClient watch() {
        return watch;
    }

    @Override
    public Watch watch(Bytes key, WatchOptions options, WatchListener listener) {
        return watch.watch(key, options, listener);
    }

    /** For callers that count every byte allocated. */
    public RawClient raw() {
        return raw;
    }

    /** The same over one connection alone, numbered from 0, for callers that spread their load themselves. */
    public RawClient raw(int connection) {
        return new RawClient(new Lane[] {lanes[connection]});
    }

    /** Fails what is under way and ends connections and threads. */
    @Override
    public void close() {
        isClosed = true;
        watch.close();
        lease.close();
        for (Lane lane : lanes) {
            lane.close();
        }
        dialer.close();
        for (Call<?> call : waiting) {
            call.fail(ErrorCode.CANCELLED, Outcome.UNKNOWN, "the client was closed");
        }
    }

    // ---- for lanes

    void laneOpened() {
        firstOpen.complete(null);
    }

    void laneFailed(String text, int failureCount) {
        lastFailure = text;
        if (failureCount >= context.endpoints.size()) {
            firstOpen.completeExceptionally(new IllegalStateException(cannotConnect()));
        }
    }

    // ---- for calls

    RequestWriter writer() {
        return writers.get();
    }

    <T> CompletableFuture<T> start(Call<T> call) {
        call.deadlineNs = System.nanoTime() + context.requestTimeoutNs;
        submit(call);
        return call.future;
    }

    /** Sends, or waits for room, or plans to send when there is a connection again. */
    private void submit(Call<?> call) {
        while (true) {
            int result = trySend(call);
            if (result == SendResult.QUEUED && !isClosed) {
                return;
            }
            if (isClosed) {
                call.fail(ErrorCode.CANCELLED, Outcome.UNKNOWN, "the client was closed");
                return;
            }
            if (System.nanoTime() - call.deadlineNs > 0) {
                boolean full = result == SendResult.BACK_PRESSURED;
                call.fail(
                        full ? ErrorCode.RESOURCE_EXHAUSTED : ErrorCode.UNAVAILABLE,
                        Outcome.NOT_APPLIED,
                        full ? "too many requests in flight" : cannotConnect());
                return;
            }
            if (result != SendResult.BACK_PRESSURED || dialer.inNetworkThread()) {
                retryLater(call);
                return;
            }
            LockSupport.parkNanos(FULL_PARK_NS);
        }
    }

    private int trySend(Call<?> call) {
        int result = SendResult.NOT_CONNECTED;
        int first = Math.floorMod(Thread.currentThread().getId(), lanes.length);
        for (int i = 0; i < lanes.length; i++) {
            Session session = lanes[(first + i) % lanes.length].session();
            if (session == null) {
                continue;
            }
            ServerIdentity identity = session.identity();
            if (call.request.capacity() > identity.frameLengthMax()) {
                ApiError error = ApiError.REQUEST_TOO_LARGE;
                call.fail(error.code(), Outcome.NOT_APPLIED, error.text());
                return SendResult.QUEUED;
            }
            call.identity = identity;
            result = session.send(call.request, 0, call.request.capacity(), call.isWrite, call, 0);
            if (result == SendResult.QUEUED) {
                return result;
            }
        }
        return result == SendResult.CLOSED ? SendResult.NOT_CONNECTED : result;
    }

    private void retryLater(Call<?> call) {
        long delayNs = Math.min(RETRY_MAX_NS, RETRY_MIN_NS << Math.min(call.attemptCount, 10));
        call.attemptCount++;
        waiting.add(call);
        dialer.schedule(
                () -> {
                    waiting.remove(call);
                    submit(call);
                },
                delayNs);
    }

    /** After a failure: tries again if that is safe and there is time; false if not. */
    boolean retry(Call<?> call, ErrorCode code, Outcome outcome) {
        boolean again = code == ErrorCode.UNAVAILABLE
                && outcome == Outcome.NOT_APPLIED
                && !isClosed
                && call.deadlineNs - System.nanoTime() > 0;
        if (again) {
            retryLater(call);
        }
        return again;
    }
}
