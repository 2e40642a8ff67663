package io.stele.client.recipes;

import io.stele.client.Bytes;
import java.util.concurrent.CompletableFuture;

/**
 * A lock that one writer holds or any number of readers, in the order in which they asked: a reader waits for the
 * writers before it, a writer for all before it.
 */
public final class ReadWriteLock {
    private final LeaseSession session;
    private final Bytes name;

    /** A session's part in the lock of this name. */
    public ReadWriteLock(LeaseSession session, String name) {
        this.session = session;
        this.name = Bytes.of(name + "/");
    }

    public CompletableFuture<Mutex.Held> readLock() {
        return lock(name.plus("read/"), name.plus("write/"));
    }

    public CompletableFuture<Mutex.Held> writeLock() {
        return lock(name.plus("write/"), name);
    }

    private CompletableFuture<Mutex.Held> lock(Bytes own, Bytes awaited) {
        Queueing queue = new Queueing(session.client(), awaited);
        Bytes key = own.plus(Long.toHexString(session.leaseId()));
        return queue.enter(session, key, Bytes.EMPTY)
                .thenCompose(place -> queue.awaitTurn(place)
                        .thenApply(turn -> new Mutex.Held(key, place.revision(), session.client())));
    }
}
