package io.stele.client.recipes;

import io.stele.client.Bytes;
import io.stele.client.ClientView;
import io.stele.client.Compare;
import io.stele.client.Op;
import io.stele.transport.codec.CompareResult;
import java.util.concurrent.CompletableFuture;

/** Holds back all who wait for it, until it is released. */
public final class Barrier {
    private final ClientView client;
    private final Bytes key;

    public Barrier(ClientView client, String key) {
        this.client = client;
        this.key = Bytes.of(key);
    }

    /** Fails with {@link RecipeException.Reason#HELD} if it is held already. */
    public CompletableFuture<Void> hold() {
        return client.kv()
                .txn()
                .when(Compare.createRevision(key, CompareResult.EQUAL, 0))
                .then(Op.put(key, Bytes.EMPTY))
                .commit()
                .thenAccept(result -> {
                    if (!result.succeeded()) {
                        throw new RecipeException(RecipeException.Reason.HELD);
                    }
                });
    }

    public CompletableFuture<Void> release() {
        return client.kv().delete(key).thenAccept(deleted -> {});
    }

    /** Completes when nobody holds it. */
    public CompletableFuture<Void> await() {
        return client.kv()
                .get(key)
                .thenCompose(found -> found.first() == null
                        ? CompletableFuture.completedFuture(null)
                        : Queueing.awaitDeletion(client, key, found.header().revision() + 1)
                                .thenCompose(gone -> await()));
    }
}
