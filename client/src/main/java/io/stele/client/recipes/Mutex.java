package io.stele.client.recipes;

import io.stele.client.Bytes;
import io.stele.client.ClientView;
import io.stele.client.Compare;
import io.stele.client.KeyValue;
import io.stele.transport.codec.CompareResult;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A lock that one session at a time holds, in the order in which they asked.
 *
 * <p>A lock on a lease does not exclude by itself: a holder that sleeps for longer than its lease does not know, when
 * it wakes, that another one holds the lock now. What excludes is the {@link Held#revision}: it only grows from holder
 * to holder, so whatever the lock protects refuses what comes with a smaller one than it has seen; writes to the store
 * itself use {@link Held#isStillHeld} as a condition of their transaction.
 */
public final class Mutex {
    private final LeaseSession session;
    private final Queueing queue;

    /** A session's part in the lock of this name. */
    public Mutex(LeaseSession session, String name) {
        this(session, Bytes.of(name));
    }

    public Mutex(LeaseSession session, Bytes name) {
        this.session = session;
        queue = new Queueing(session.client(), name.plus("/"));
    }

    /**
     * The lock, held.
     *
     * @param key exists as long as it is held
     * @param revision fencing token: greater than that of every holder before
     */
    public record Held(Bytes key, long revision, ClientView client) {
        /** Holds in a transaction as long as the lock is held. */
        public Compare isStillHeld() {
            return Compare.createRevision(key, CompareResult.EQUAL, revision);
        }

        /** Gives it up. */
        public CompletableFuture<Void> unlock() {
            return client.kv().delete(key).thenAccept(deleted -> {});
        }
    }

    /**
     * Waits for its turn. Fails with {@link RecipeException.Reason#SESSION_EXPIRED} if the session's lease has ended
     * before. Whoever stops waiting calls {@link #abandon}.
     */
    public CompletableFuture<Held> lock() {
        return queue.enter(session, queue.keyOf(session), Bytes.EMPTY)
                .thenCompose(place -> queue.awaitTurn(place).thenApply(turn -> held(place)));
    }

    /** Takes it if nobody has it; else empty, and it does not wait in the queue either. */
    public CompletableFuture<Optional<Held>> tryLock() {
        return queue.enter(session, queue.keyOf(session), Bytes.EMPTY)
                .thenCompose(place -> queue.first()
                        .thenCompose(first -> isOf(first, place)
                                ? CompletableFuture.completedFuture(Optional.of(held(place)))
                                : abandon().thenApply(left -> Optional.empty())));
    }

    private static boolean isOf(KeyValue first, Queueing.Place place) {
        return first != null && first.createRevision() == place.revision();
    }

    /** Leaves the queue, or gives the lock up. */
    public CompletableFuture<Void> abandon() {
        return session.client().kv().delete(queue.keyOf(session)).thenAccept(deleted -> {});
    }

    private Held held(Queueing.Place place) {
        return new Held(place.key(), place.revision(), session.client());
    }
}
