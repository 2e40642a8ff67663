package io.stele.client;

import io.stele.transport.ApiError;
import io.stele.transport.SendResult;
import io.stele.transport.client.Dialer;
import io.stele.transport.client.DialerContext;
import io.stele.transport.client.ServerIdentity;
import io.stele.transport.codec.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A client of a Stele cluster. Safe for any number of threads, whose requests share few connections; one client is
 * enough for a process.
 *
 * <p>Given several endpoints it learns who the members are, goes where the leader is, and elsewhere when a member ends,
 * stops or gives no sign of life.
 *
 * <p>Every request is asynchronous. It is sent again by itself as long as that is safe and its time is not over: reads
 * always; writes if they cannot have had an effect, and in a cluster whatever has become of them, for there they are
 * numbered in a session and done once however often they are sent, see {@link ClientContext#exactlyOnce}. A write whose
 * fate nobody knows in the end fails with an {@link UnknownOutcomeException}.
 *
 * <p>Futures complete on a network thread: what is chained to them must not block; use the async variants for that.
 */
public final class SteleClient implements ClientView, AutoCloseable {
    private static final long RETRY_MIN_NS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long RETRY_MAX_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long EXPIRY_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long REFRESH_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long FULL_PARK_NS = TimeUnit.MICROSECONDS.toNanos(50);

    /** For requests whose replies nobody needs. */
    private static final ReplyHandler IGNORANT = new ReplyHandler() {
        @Override
        public void onReply(long token, DirectBuffer buffer, int offset, int length) {}

        @Override
        public void onFailure(long token, ErrorCode code, Outcome outcome, String text) {}
    };

    private final ClientContext context;
    private final Dialer dialer;
    private final Lane[] lanes;
    private final CompletableFuture<Void> firstOpen = new CompletableFuture<>();
    private final Endpoints endpoints;
    private final OnceSessions once;
    private final ThreadLocal<RequestWriter> writers = ThreadLocal.withInitial(RequestWriter::new);

    /** Those that no connection knows of at the moment, for whatever reason. */
    private final Set<Call<?>> waiting = ConcurrentHashMap.newKeySet();

    /** Those of them that wait for a connection. */
    private final ConcurrentLinkedQueue<Call<?>> parked = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean isWatching = new AtomicBoolean();
    private final KvClient kv = new KvClient(this);
    private final LeaseClient lease = new LeaseClient(this);
    private final MaintenanceClient maintenance = new MaintenanceClient(this);
    private final ClusterClient cluster = new ClusterClient(this);
    private final AuthClient auth = new AuthClient(this);
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
        endpoints = new Endpoints(context.endpoints);
        once = context.isExactlyOnce() ? new OnceSessions(this, context) : null;
        lanes = new Lane[context.connectionCount];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = new Lane(this, context, dialer, endpoints, i);
        }
        raw = new RawClient(lanes);
        watch = new WatchClient(context);
        for (Lane lane : lanes) {
            lane.dial();
        }
        if (context.isCluster()) {
            dialer.schedule(this::refresh, REFRESH_NS);
        }
    }

    /** Asks now and then who the members are, for addresses come and go. */
    private void refresh() {
        if (!isClosed) {
            for (Lane lane : lanes) {
                lane.refresh();
            }
            dialer.schedule(this::refresh, REFRESH_NS);
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

    /** Users and roles. */
    public AuthClient auth() {
        return auth;
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
        forgetSessions();
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

    /** A courtesy: the servers would forget them by themselves. */
    private void forgetSessions() {
        Session session = lanes[0] == null ? null : lanes[0].session();
        if (once == null || session == null || isClosed) {
            return;
        }
        for (long id : once.ids()) {
            UnsafeBuffer request = new UnsafeBuffer(writer().closeSession(id));
            session.send(request, 0, request.capacity(), true, IGNORANT, 0);
        }
    }

    // ---- for lanes

    void laneOpened() {
        firstOpen.complete(null);
        sendParked();
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
        if (once == null || !OnceSessions.concerns(call)) {
            submit(call);
            return call.future;
        }
        if (context.failFast && !once.hasRoom()) {
            giveUp(call, true);
            return call.future;
        }
        while (!once.hasRoom() && !isClosed && !dialer.inNetworkThread() && call.deadlineNs - System.nanoTime() > 0) {
            LockSupport.parkNanos(FULL_PARK_NS);
        }
        if (isClosed) {
            submit(call); // fails it
            return call.future;
        }
        waiting.add(call); // before it is numbered: from then on others may send it
        if (once.assign(call)) {
            submit(call);
        } else {
            watchDeadlines();
        }
        return call.future;
    }

    /** Sends, or waits for room, or plans to send when there is a connection again. */
    void submit(Call<?> call) {
        while (true) {
            int result = trySend(call);
            if (result == SendResult.QUEUED && !isClosed) {
                waiting.remove(call);
                return;
            }
            if (isClosed) {
                waiting.remove(call);
                call.fail(ErrorCode.CANCELLED, Outcome.UNKNOWN, "the client was closed");
                return;
            }
            boolean isRefused = context.failFast && result == SendResult.BACK_PRESSURED;
            if (isRefused || System.nanoTime() - call.deadlineNs > 0) {
                waiting.remove(call);
                giveUp(call, result == SendResult.BACK_PRESSURED);
                return;
            }
            if (result != SendResult.BACK_PRESSURED) {
                park(call);
                return;
            }
            if (dialer.inNetworkThread()) {
                retryLater(call);
                return;
            }
            LockSupport.parkNanos(FULL_PARK_NS);
        }
    }

    private void giveUp(Call<?> call, boolean isFull) {
        call.fail(
                isFull ? ErrorCode.RESOURCE_EXHAUSTED : ErrorCode.UNAVAILABLE,
                Outcome.NOT_APPLIED,
                isFull ? "too many requests in flight" : cannotConnect());
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
            call.isLost = false;
            result = session.send(call.request, 0, call.request.capacity(), call.isWrite, call, 0);
            if (result == SendResult.QUEUED) {
                return result;
            }
        }
        return result == SendResult.CLOSED ? SendResult.NOT_CONNECTED : result;
    }

    // ---- waiting

    /** Until there is a connection: then it is sent at once. */
    private void park(Call<?> call) {
        waiting.add(call);
        parked.add(call);
        if (isConnected()) { // it came between the attempt and the note
            sendParked();
        }
        watchDeadlines();
    }

    private boolean isConnected() {
        for (Lane lane : lanes) {
            if (lane.session() != null) {
                return true;
            }
        }
        return false;
    }

    /** Each of those that are there now is tried once; it may be parked again. */
    private void sendParked() {
        for (int i = parked.size(); i > 0; i--) {
            Call<?> call = parked.poll();
            if (call == null) {
                return;
            }
            submitSoon(call);
        }
    }

    /** On a network thread, for whoever is here may be about to close. */
    private void submitSoon(Call<?> call) {
        dialer.schedule(() -> submit(call), 0);
    }

    /** After a refusal: a little later, each time later, and not all at once. */
    private void retryLater(Call<?> call) {
        long ceilingNs = Math.min(RETRY_MAX_NS, RETRY_MIN_NS << Math.min(call.attemptCount, 10));
        call.attemptCount++;
        waiting.add(call);
        dialer.schedule(() -> submit(call), ThreadLocalRandom.current().nextLong(ceilingNs / 2, ceilingNs + 1));
    }

    private void watchDeadlines() {
        if (isWatching.compareAndSet(false, true)) {
            dialer.schedule(this::expire, EXPIRY_INTERVAL_NS);
        }
    }

    private void expire() {
        isWatching.set(false);
        long nowNs = System.nanoTime();
        List<Call<?>> late = new ArrayList<>();
        boolean mustWatch = once != null && once.expire(nowNs, late);
        for (int i = parked.size(); i > 0; i--) {
            Call<?> call = parked.poll();
            if (call != null && nowNs - call.deadlineNs > 0) {
                late.add(call);
            } else if (call != null) {
                parked.add(call);
                mustWatch = true;
            }
        }
        for (Call<?> call : late) {
            waiting.remove(call);
            giveUp(call, false);
        }
        if (mustWatch && !isClosed) {
            watchDeadlines();
        }
    }

    // ---- the end of an attempt

    /** After a failure: tries again if that is safe and there is time; false if not. */
    boolean retry(Call<?> call, ErrorCode code, Outcome outcome, String text) {
        boolean isNew = !call.isUncertain();
        if (outcome == Outcome.UNKNOWN) {
            call.onUncertain();
        }
        if (isClosed || outcome == Outcome.APPLIED || call.deadlineNs - System.nanoTime() <= 0) {
            return false;
        }
        if (code == ErrorCode.ABORTED && call.once != null) {
            once.lost(call);
            boolean again = isNew && outcome == Outcome.NOT_APPLIED;
            if (again) {
                waiting.add(call);
                if (once.assign(call)) {
                    submitSoon(call);
                } else {
                    watchDeadlines();
                }
            }
            return again;
        }
        boolean isElsewhere = context.isCluster() && text.equals(ApiError.NOT_FOR_LEARNER.text());
        boolean isPassing =
                code == ErrorCode.UNAVAILABLE || isElsewhere || text.equals(ApiError.TOO_MANY_REQUESTS.text());
        if (!isPassing || !(outcome == Outcome.NOT_APPLIED || call.isRepeatable())) {
            return false;
        }
        if (call.isLost) {
            waiting.add(call);
            submitSoon(call);
        } else {
            retryLater(call);
        }
        return true;
    }

    /** Nothing will be sent for it any more. */
    void settled(Call<?> call) {
        if (call.once != null) {
            once.release(call);
        }
    }

    boolean isClosed() {
        return isClosed;
    }
}
