package io.stele.client.recipes;

import io.stele.client.Bytes;
import io.stele.client.ClientView;
import io.stele.client.Compare;
import io.stele.client.GetOptions;
import io.stele.client.KeyValue;
import io.stele.client.Op;
import io.stele.client.WatchOptions;
import io.stele.transport.codec.CompareResult;
import io.stele.transport.codec.SortOrder;
import io.stele.transport.codec.SortTarget;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/** A queue that any number put into and take from; each item is taken once, the oldest of the most urgent first. */
public final class WorkQueue {
    private static final int PRIORITY_MAX = 99_999;

    private final ClientView client;
    private final Bytes prefix;

    public WorkQueue(ClientView client, String name) {
        this.client = client;
        prefix = Bytes.of(name + "/");
    }

    public CompletableFuture<Void> put(Bytes item) {
        return put(item, 0);
    }

    /** Urgent items have small numbers. */
    public CompletableFuture<Void> put(Bytes item, int priority) {
        if (priority < 0 || priority > PRIORITY_MAX) {
            throw new IllegalArgumentException("priority " + priority + " is not within 0 and " + PRIORITY_MAX);
        }
        String id = Long.toHexString(ThreadLocalRandom.current().nextLong());
        Bytes key = prefix.plus(String.format("%05d/%s", priority, id));
        return client.kv()
                .txn()
                .when(Compare.createRevision(key, CompareResult.EQUAL, 0))
                .then(Op.put(key, item))
                .commit()
                .thenCompose(
                        result -> result.succeeded() ? CompletableFuture.completedFuture(null) : put(item, priority));
    }

    /** Takes an item, when there is one. */
    public CompletableFuture<Bytes> take() {
        GetOptions mostUrgent = GetOptions.DEFAULT
                .withPrefix()
                .withSort(SortTarget.KEY, SortOrder.ASCEND)
                .withLimit(1)
                .withKeysOnly();
        return client.kv()
                .get(prefix, mostUrgent)
                .thenCompose(found -> found.first() == null
                        ? awaitPut(found.header().revision() + 1).thenCompose(put -> take())
                        : takeOldest(found.first().key()));
    }

    private CompletableFuture<Void> awaitPut(long revision) {
        WatchOptions options = WatchOptions.DEFAULT.withPrefix().withStartRevision(revision);
        return Queueing.awaitEvent(client, prefix, options.withoutDeletions());
    }

    /** Of the priority of a key. */
    private CompletableFuture<Bytes> takeOldest(Bytes key) {
        Bytes priority = Bytes.of(key.utf8().substring(0, key.utf8().lastIndexOf('/') + 1));
        GetOptions oldest = GetOptions.DEFAULT
                .withPrefix()
                .withSort(SortTarget.CREATE, SortOrder.ASCEND)
                .withLimit(1);
        return client.kv().get(priority, oldest).thenCompose(found -> {
            KeyValue item = found.first();
            if (item == null) {
                return take();
            }
            return client.kv()
                    .txn()
                    .when(Compare.modRevision(item.key(), CompareResult.EQUAL, item.modRevision()))
                    .then(Op.delete(item.key()))
                    .commit()
                    .thenCompose(
                            result -> result.succeeded() ? CompletableFuture.completedFuture(item.value()) : take());
        });
    }
}
