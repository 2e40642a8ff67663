package io.stele.client.recipes;

import io.stele.client.ClientView;
import io.stele.client.LeaseKeeping;
import java.util.concurrent.CompletableFuture;

/**
 * A lease that is kept alive for as long as its owner lives: what locks and elections hang on. When the owner dies, or
 * cannot be heard, everything that it held is given up once the lease's time is over.
 */
public final class LeaseSession implements AutoCloseable {
    /** As at etcd. */
    public static final long TTL_DEFAULT = 60;

    private final ClientView client;
    private final LeaseKeeping keeping;

    private LeaseSession(ClientView client, long leaseId) {
        this.client = client;
        keeping = client.lease().keepAlive(leaseId, why -> {});
    }

    /** Grants a lease of so many seconds and keeps it alive. */
    public static CompletableFuture<LeaseSession> open(ClientView client, long ttl) {
        return client.lease().grant(ttl).thenApply(granted -> new LeaseSession(client, granted.leaseId()));
    }

    /** Keeps a lease alive that exists. */
    public static LeaseSession on(ClientView client, long leaseId) {
        return new LeaseSession(client, leaseId);
    }

    public ClientView client() {
        return client;
    }

    public long leaseId() {
        return keeping.leaseId();
    }

    /**
     * Whether the lease lives, as far as can be known from here. It may end the moment after: what must not be done by
     * two is protected by revisions, not by asking this.
     */
    public boolean isLive() {
        return keeping.isLive();
    }

    /** Completes with the reason when the lease is lost. */
    public CompletableFuture<String> lost() {
        return keeping.lost();
    }

    /** Keeps the lease alive no more, without ending it. */
    public void orphan() {
        keeping.close();
    }

    /** Ends the lease, and so gives up everything that hangs on it. */
    public CompletableFuture<Void> revoke() {
        keeping.close();
        return client.lease().revoke(leaseId()).thenAccept(revoked -> {});
    }

    /** Ends the lease, without waiting for it. */
    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // if it fails, the lease ends by itself
    public void close() {
        revoke();
    }
}
