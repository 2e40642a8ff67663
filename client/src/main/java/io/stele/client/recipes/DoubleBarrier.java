package io.stele.client.recipes;

import io.stele.client.Bytes;
import io.stele.client.ClientView;
import io.stele.client.Compare;
import io.stele.client.GetOptions;
import io.stele.client.GetResult;
import io.stele.client.KeyValue;
import io.stele.client.Op;
import io.stele.client.WatchOptions;
import io.stele.transport.codec.CompareResult;
import io.stele.transport.codec.SortOrder;
import io.stele.transport.codec.SortTarget;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Nobody goes on before so many have come, and nobody is out before all of them want to be.
 *
 * <pre>
 *   NAME/waiters/LEASE    of each who has come, on the lease of its session: who dies does not hold up the others
 *   NAME/ready            put by the last one to come; its revision says which round it is, for the keys of all who
 *                         are in it are older
 * </pre>
 *
 * <p>Who leaves waits for the oldest, and the oldest for the youngest: so that a departure wakes one, and the last
 * departure all.
 */
public final class DoubleBarrier {
    private static final WatchOptions PUTS = WatchOptions.DEFAULT.withoutDeletions();

    private final ClientView client;
    private final LeaseSession session;
    private final Queueing queue;
    private final Bytes ready;
    private final int count;

    /** A session's part in the barrier of this name, which is for so many. */
    public DoubleBarrier(LeaseSession session, String name, int count) {
        if (count < 1) {
            throw new IllegalArgumentException("a barrier for " + count);
        }
        this.client = session.client();
        this.session = session;
        this.count = count;
        queue = new Queueing(client, Bytes.of(name + "/waiters/"));
        ready = Bytes.of(name + "/ready");
    }

    /**
     * Completes when all have come. Fails with {@link RecipeException.Reason#TOO_MANY} if they have without this one,
     * and with {@link RecipeException.Reason#SESSION_EXPIRED} if its lease has ended before.
     */
    public CompletableFuture<Void> enter() {
        return queue.enter(session, queue.keyOf(session), Bytes.EMPTY).thenCompose(this::awaitAll);
    }

    private CompletableFuture<Void> awaitAll(Queueing.Place place) {
        return waiters(0).thenCompose(found -> {
            int before = (int) found.pairs().stream()
                    .filter(pair -> pair.createRevision() < place.revision())
                    .count();
            if (before >= count) {
                return client.kv().delete(place.key()).thenAccept(left -> {
                    throw new RecipeException(RecipeException.Reason.TOO_MANY);
                });
            }
            return before == count - 1
                    ? open(place)
                    : Queueing.awaitEvent(client, ready, PUTS.withStartRevision(place.revision() + 1))
                            .thenCompose(opened -> queue.verify(place));
        });
    }

    private CompletableFuture<Void> open(Queueing.Place place) {
        return client.kv()
                .txn()
                .when(Compare.createRevision(place.key(), CompareResult.EQUAL, place.revision()))
                .then(Op.put(ready, Bytes.EMPTY))
                .commit()
                .thenAccept(result -> {
                    if (!result.succeeded()) {
                        throw new RecipeException(RecipeException.Reason.SESSION_EXPIRED);
                    }
                });
    }

    /** Completes when all who have come want to leave, or are no more. */
    public CompletableFuture<Void> leave() {
        return client.kv().get(ready).thenCompose(found -> {
            KeyValue opened = found.first();
            return opened == null
                    ? client.kv().delete(queue.keyOf(session)).thenAccept(left -> {}) // it was never entered
                    : leave(opened.modRevision());
        });
    }

    private CompletableFuture<Void> leave(long round) {
        return waiters(round - 1).thenCompose(found -> {
            List<KeyValue> waiters = found.pairs();
            if (waiters.isEmpty()) {
                return close(round);
            }
            Bytes own = queue.keyOf(session);
            Bytes oldest = waiters.get(0).key();
            Bytes youngest = waiters.get(waiters.size() - 1).key();
            long next = found.header().revision() + 1;
            if (!oldest.equals(own)) {
                return client.kv()
                        .delete(own)
                        .thenCompose(left -> Queueing.awaitDeletion(client, oldest, next))
                        .thenCompose(gone -> leave(round));
            }
            return waiters.size() == 1
                    ? client.kv().delete(own).thenCompose(left -> close(round))
                    : Queueing.awaitDeletion(client, youngest, next).thenCompose(gone -> leave(round));
        });
    }

    /** Nothing stays behind; a later round's key does. */
    private CompletableFuture<Void> close(long round) {
        return client.kv()
                .txn()
                .when(Compare.modRevision(ready, CompareResult.EQUAL, round))
                .then(Op.delete(ready))
                .commit()
                .thenAccept(closed -> {});
    }

    /** Those created up to a revision, the oldest first; 0: all. */
    private CompletableFuture<GetResult> waiters(long createdMax) {
        GetOptions options = GetOptions.DEFAULT
                .withPrefix()
                .withSort(SortTarget.CREATE, SortOrder.ASCEND)
                .withCreateRevisions(0, createdMax)
                .withKeysOnly();
        return client.kv().get(queue.prefix(), options);
    }
}
