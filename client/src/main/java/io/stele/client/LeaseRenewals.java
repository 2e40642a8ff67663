package io.stele.client;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The clock of all leases that a client keeps alive: one thread, started when there is the first one. */
final class LeaseRenewals implements AutoCloseable {
    private final LeaseClient leases;
    private final Set<LeaseKeeping> kept = ConcurrentHashMap.newKeySet();
    private ScheduledThreadPoolExecutor executor;
    private boolean isClosed;

    LeaseRenewals(LeaseClient leases) {
        this.leases = leases;
    }

    LeaseKeeping keep(long leaseId, LeaseListener listener) {
        LeaseKeeping keeping = new LeaseKeeping(this, leaseId, listener);
        begin();
        kept.add(keeping);
        keeping.start();
        return keeping;
    }

    private synchronized void begin() {
        if (isClosed) {
            throw new IllegalStateException("the client was closed");
        }
        if (executor == null) {
            executor = new ScheduledThreadPoolExecutor(1, task -> {
                Thread thread = new Thread(task, "stele-client-leases");
                thread.setDaemon(true);
                return thread;
            });
        }
    }

    void forget(LeaseKeeping keeping) {
        kept.remove(keeping);
    }

    CompletableFuture<LeaseKeepAliveResult> send(long leaseId) {
        return leases.keepAliveOnce(leaseId);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // tasks do not fail, and nobody waits for them
    void schedule(Runnable task, long delayNs) {
        try {
            executor.schedule(task, delayNs, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // The client is closed.
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            isClosed = true;
            if (executor == null) {
                return;
            }
            executor.shutdownNow();
        }
        kept.forEach(keeping -> keeping.lose("the client was closed"));
    }
}
