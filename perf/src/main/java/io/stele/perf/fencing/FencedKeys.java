package io.stele.perf.fencing;

import io.stele.client.Bytes;
import io.stele.client.ClientContext;
import io.stele.client.Op;
import io.stele.client.SteleClient;
import io.stele.client.recipes.Mutex;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The keys of a harness: for each lock two that it is to protect, of which only one is written with care. */
record FencedKeys(SteleClient client, String prefix) {
    /** Longer than any machine that is busy with something else: it is not speed that is looked at here. */
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    static SteleClient connect(String endpoints) {
        return SteleClient.connect(new ClientContext().endpoints(endpoints).requestTimeout(TIMEOUT));
    }

    Bytes lock(int run) {
        return Bytes.of(prefix + "lock/" + run);
    }

    Bytes guarded(int run) {
        return Bytes.of(prefix + "guarded/" + run);
    }

    Bytes unguarded(int run) {
        return Bytes.of(prefix + "unguarded/" + run);
    }

    /** Writes if the lock is still held, as the store sees it; false: refused. */
    CompletableFuture<Boolean> writeGuarded(int run, Mutex.Held held, Bytes content) {
        return client.kv()
                .txn()
                .when(held.isStillHeld())
                .then(Op.put(guarded(run), content))
                .commit()
                .thenApply(result -> result.succeeded());
    }

    /** Writes, trusting that who writes holds the lock. */
    CompletableFuture<Boolean> writeUnguarded(int run, Bytes content) {
        return client.kv().put(unguarded(run), content).thenApply(put -> true);
    }
}
