package io.stele.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Leases, which are common to all, and of their keys those with a prefix. */
final class NamespacedLease extends LeaseClient {
    private final LeaseClient whole;
    private final Namespace namespace;

    NamespacedLease(LeaseClient whole, Namespace namespace) {
        super(whole);
        this.whole = whole;
        this.namespace = namespace;
    }

    @Override
    public CompletableFuture<LeaseTimeToLiveResult> timeToLive(long leaseId, boolean keys) {
        return whole.timeToLive(leaseId, keys).thenApply(this::inner);
    }

    private LeaseTimeToLiveResult inner(LeaseTimeToLiveResult result) {
        List<Bytes> keys = result.keys().stream()
                .filter(key -> key.startsWith(namespace.prefix()))
                .map(key -> key.from(namespace.prefix().length()))
                .toList();
        return new LeaseTimeToLiveResult(result.header(), result.leaseId(), result.ttl(), result.grantedTtl(), keys);
    }
}
