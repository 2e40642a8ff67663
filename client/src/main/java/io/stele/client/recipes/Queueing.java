package io.stele.client.recipes;

import io.stele.client.Bytes;
import io.stele.client.ClientView;
import io.stele.client.Compare;
import io.stele.client.GetOptions;
import io.stele.client.GetResult;
import io.stele.client.KeyValue;
import io.stele.client.Op;
import io.stele.client.Outcome;
import io.stele.client.PutOptions;
import io.stele.client.SteleException;
import io.stele.client.Watch;
import io.stele.client.WatchEnd;
import io.stele.client.WatchEvents;
import io.stele.client.WatchListener;
import io.stele.client.WatchOptions;
import io.stele.transport.codec.CompareResult;
import io.stele.transport.codec.ErrorCode;
import io.stele.transport.codec.SortOrder;
import io.stele.transport.codec.SortTarget;
import java.util.concurrent.CompletableFuture;

/**
 * What locks and elections have in common: each who wants something puts a key of its own under a prefix, on its lease;
 * the order in which the keys were created is the order of turns.
 *
 * <p>It waits for the one key before its own only, so that one release wakes one waiter. And when that is gone it looks
 * whether its <em>own</em> key is still there: while it waited its lease may have ended, and its turn with it.
 */
final class Queueing {
    private final ClientView client;
    private final Bytes prefix;

    Queueing(ClientView client, Bytes prefix) {
        this.client = client;
        this.prefix = prefix;
    }

    Bytes prefix() {
        return prefix;
    }

    /** The key of a session: its lease, in the digits that etcd writes. */
    Bytes keyOf(LeaseSession session) {
        return prefix.plus(Long.toHexString(session.leaseId()));
    }

    /** Puts the key if it is not there; the place in the queue is the revision that created it. */
    CompletableFuture<Place> enter(LeaseSession session, Bytes key, Bytes value) {
        return client.kv()
                .txn()
                .when(Compare.createRevision(key, CompareResult.EQUAL, 0))
                .then(Op.put(key, value, PutOptions.DEFAULT.withLease(session.leaseId())))
                .otherwise(Op.get(key))
                .commit()
                .thenApply(result -> {
                    KeyValue there = result.succeeded()
                            ? null
                            : ((GetResult) result.results().get(0)).first();
                    long revision = there == null ? result.header().revision() : there.createRevision();
                    return new Place(key, revision, there);
                });
    }

    /** A key under the prefix, and the one that was there already, if any. */
    record Place(Bytes key, long revision, KeyValue before) {}

    /** The key that was created first; null if there is none. */
    CompletableFuture<KeyValue> first() {
        GetOptions options = GetOptions.DEFAULT
                .withPrefix()
                .withSort(SortTarget.CREATE, SortOrder.ASCEND)
                .withLimit(1);
        return client.kv().get(prefix, options).thenApply(GetResult::first);
    }

    /** Completes when no key under the prefix is older than a place, and the place is still there. */
    CompletableFuture<Void> awaitTurn(Place place) {
        return awaitNoneBefore(place).thenCompose(none -> verify(place));
    }

    CompletableFuture<Void> verify(Place place) {
        return client.kv().get(place.key()).thenAccept(found -> {
            KeyValue own = found.first();
            if (own == null || own.createRevision() != place.revision()) {
                throw new RecipeException(RecipeException.Reason.SESSION_EXPIRED);
            }
        });
    }

    private CompletableFuture<Void> awaitNoneBefore(Place place) {
        GetOptions before = GetOptions.DEFAULT
                .withPrefix()
                .withSort(SortTarget.CREATE, SortOrder.DESCEND)
                .withCreateRevisions(0, place.revision() - 1)
                .withLimit(1);
        return client.kv().get(prefix, before).thenCompose(found -> {
            KeyValue predecessor = found.first();
            return predecessor == null
                    ? CompletableFuture.completedFuture(null)
                    : awaitDeletion(client, predecessor.key(), found.header().revision() + 1)
                            .thenCompose(gone -> awaitNoneBefore(place));
        });
    }

    /** Completes when a key is deleted, at or after a revision, or if it may have been: whoever waits looks again. */
    static CompletableFuture<Void> awaitDeletion(ClientView client, Bytes key, long revision) {
        return awaitEvent(
                client, key, WatchOptions.DEFAULT.withStartRevision(revision).withoutPuts());
    }

    /** Likewise, when any event comes that the options ask for. */
    static CompletableFuture<Void> awaitEvent(ClientView client, Bytes key, WatchOptions options) {
        CompletableFuture<Void> happened = new CompletableFuture<>();
        Watch watch = client.watch(key, options, new WatchListener() {
            @Override
            public void onEvents(WatchEvents events) {
                happened.completeAsync(() -> null); // what follows may block; this is the watch thread
            }

            @Override
            public void onEnd(WatchEnd end) {
                if (end.cause() == WatchEnd.Cause.COMPACTED) {
                    happened.completeAsync(() -> null);
                } else {
                    happened.completeExceptionally(
                            new SteleException(ErrorCode.CANCELLED, Outcome.NOT_APPLIED, end.text()));
                }
            }
        });
        return happened.whenComplete((done, failure) -> watch.close());
    }
}
