package io.stele.gateway.service;

import io.grpc.Status;
import io.stele.gateway.node.Statuses;
import io.stele.transport.ApiError;
import io.stele.transport.PasswordHash;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Hashes passwords on a thread of its own, one after the other: a hash is meant to be slow, and nobody else is to wait
 * for it. Beyond {@link #WAITING_MAX} that wait, there is no room.
 */
public final class PasswordHashing implements AutoCloseable {
    private static final int WAITING_MAX = 64;
    private static final int IDLE_SECONDS = 10;

    private final int cost;
    private final ThreadPoolExecutor executor;

    public PasswordHashing(int cost) {
        this.cost = cost;
        executor = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING_MAX), task -> {
                    Thread thread = new Thread(task, "stele-passwords");
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
    }

    /** Calls one of the two, on the caller's thread. */
    void hash(String password, Executor caller, Consumer<String> hashed, Consumer<Status> failed) {
        if (PasswordHash.isTooLong(password)) {
            failed.accept(Status.UNKNOWN.withDescription(PasswordHash.TOO_LONG));
            return;
        }
        try {
            executor.execute(() -> {
                String hash = PasswordHash.of(password, cost);
                caller.execute(() -> hashed.accept(hash));
            });
        } catch (RejectedExecutionException e) {
            failed.accept(Statuses.of(ApiError.TOO_MANY_REQUESTS));
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
