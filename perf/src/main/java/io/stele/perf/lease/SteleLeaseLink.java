package io.stele.perf.lease;

import io.stele.client.Bytes;
import io.stele.client.ClientContext;
import io.stele.client.PutOptions;
import io.stele.client.SteleClient;
import io.stele.client.WatchOptions;
import io.stele.perf.load.BenchException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/** Stele's own client, which goes where the leader is. */
final class SteleLeaseLink implements LeaseLink {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long CREATED_MAX_SECONDS = 30;

    private final SteleClient client;

    SteleLeaseLink(List<String> endpoints, int number) {
        List<String> turned = new ArrayList<>(endpoints);
        Collections.rotate(turned, -number);
        client = SteleClient.connect(
                new ClientContext().endpoints(String.join(",", turned)).requestTimeout(TIMEOUT));
    }

    @Override
    public CompletableFuture<Long> grant(int number, long ttl) {
        return client.lease().grant(FIRST_ID + number, ttl).thenApply(granted -> granted.ttl());
    }

    @Override
    public CompletableFuture<Void> attach(int number) {
        PutOptions attached = PutOptions.DEFAULT.withLease(FIRST_ID + number);
        return client.kv()
                .put(Bytes.of(LeaseLink.key(number)), Bytes.EMPTY, attached)
                .thenAccept(put -> {});
    }

    @Override
    public CompletableFuture<Long> keepAlive(int number) {
        return client.lease().keepAliveOnce(FIRST_ID + number).thenApply(renewed -> renewed.ttl());
    }

    @Override
    public CompletableFuture<Long> term() {
        return client.kv()
                .get(Bytes.of(PREFIX))
                .thenApply(result -> result.header().raftTerm());
    }

    @Override
    public void watchDeletions(IntConsumer numbers) {
        WatchOptions deletions = WatchOptions.DEFAULT.withPrefix().withoutPuts();
        try {
            var unused = client.watch(
                            Bytes.of(PREFIX),
                            deletions,
                            events -> events.events()
                                    .forEach(event -> numbers.accept(
                                            LeaseLink.number(event.pair().key().utf8()))))
                    .created()
                    .orTimeout(CREATED_MAX_SECONDS, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new BenchException("cannot watch: " + e.getCause(), e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
