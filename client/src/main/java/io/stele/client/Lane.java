package io.stele.client;

import io.stele.client.ClientContext.Endpoint;
import io.stele.transport.client.Dialer;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * One place for a connection: keeps it connected, going round the endpoints, waiting longer after each failure in a
 * row.
 */
final class Lane {
    private static final long BACKOFF_MIN_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long BACKOFF_MAX_NS = TimeUnit.SECONDS.toNanos(1);

    private final SteleClient client;
    private final ClientContext context;
    private final Dialer dialer;
    private int nextEndpoint;
    private int failureCount;
    private boolean isClosed;
    /** The session being dialled or in use. */
    private Session latest;
    /** What callers use; null while there is no connection. */
    private volatile Session session;

    Lane(SteleClient client, ClientContext context, Dialer dialer, int index) {
        this.client = client;
        this.context = context;
        this.dialer = dialer;
        nextEndpoint = index;
    }

    Session session() {
        return session;
    }

    synchronized void dial() {
        if (isClosed) {
            return;
        }
        List<Endpoint> endpoints = context.endpoints;
        Endpoint endpoint = endpoints.get(nextEndpoint % endpoints.size());
        nextEndpoint++;
        latest = new Session(this, context.inFlightMax, context.requestTimeoutNs);
        dialer.dial(endpoint.host(), endpoint.port(), latest);
    }

    synchronized void opened(Session opened) {
        if (isClosed) {
            opened.close();
            return;
        }
        failureCount = 0;
        session = opened;
        client.laneOpened();
    }

    synchronized void closed(Session closed, String text) {
        if (session == closed) {
            session = null;
        }
        if (latest != closed || isClosed) {
            return;
        }
        failureCount++;
        client.laneFailed(text, failureCount);
        dialer.schedule(this::dial, delayNs());
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

    void close() {
        Session current;
        synchronized (this) {
            isClosed = true;
            current = latest;
        }
        if (current != null) {
            current.close();
        }
    }
}
