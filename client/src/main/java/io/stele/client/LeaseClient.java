package io.stele.client;

import io.stele.transport.MessageSequence;
import java.util.concurrent.CompletableFuture;

/** Leases: keys attached to one are deleted when it ends. */
public sealed class LeaseClient permits NamespacedLease {
    private final SteleClient client;
    private final LeaseRenewals renewals;

    LeaseClient(SteleClient client) {
        this.client = client;
        renewals = new LeaseRenewals(this);
    }

    /** Another view of the same leases. */
    LeaseClient(LeaseClient other) {
        client = other.client;
        renewals = other.renewals;
    }

    /** A new lease of so many seconds; the server picks its id. */
    public CompletableFuture<LeaseGrantResult> grant(long ttl) {
        return grant(0, ttl);
    }

    /** A new lease with this id. */
    public CompletableFuture<LeaseGrantResult> grant(long leaseId, long ttl) {
        byte[] request = client.writer().leaseGrant(leaseId, ttl);
        return client.start(new Call<LeaseGrantResult>(client, request, true) {
            @Override
            LeaseGrantResult decode(ReplyReader reader, MessageSequence reply) {
                return reader.leaseGrant(reply);
            }
        });
    }

    /** Ends a lease and deletes its keys. */
    public CompletableFuture<LeaseRevokeResult> revoke(long leaseId) {
        return client.start(new Call<LeaseRevokeResult>(client, client.writer().leaseRevoke(leaseId), true) {
            @Override
            LeaseRevokeResult decode(ReplyReader reader, MessageSequence reply) {
                return reader.leaseRevoke(reply);
            }
        });
    }

    /** Starts a lease's time anew, once. */
    public CompletableFuture<LeaseKeepAliveResult> keepAliveOnce(long leaseId) {
        byte[] request = client.writer().leaseKeepAlive(leaseId);
        return client.start(new Call<LeaseKeepAliveResult>(client, request, false) {
            @Override
            LeaseKeepAliveResult decode(ReplyReader reader, MessageSequence reply) {
                return reader.leaseKeepAlive(reply);
            }
        });
    }

    /**
     * Keeps a lease alive until the result is closed, renewing it every third of its time. All leases of a client share
     * its connections and one timer. The listener hears when it is lost.
     */
    public LeaseKeeping keepAlive(long leaseId, LeaseListener listener) {
        return renewals.keep(leaseId, listener);
    }

    /** Ends with the client. */
    void close() {
        renewals.close();
    }

    /** How long a lease has left, and its keys if asked for. */
    public CompletableFuture<LeaseTimeToLiveResult> timeToLive(long leaseId, boolean keys) {
        byte[] request = client.writer().leaseTimeToLive(leaseId, keys);
        return client.start(new Call<LeaseTimeToLiveResult>(client, request, false) {
            @Override
            LeaseTimeToLiveResult decode(ReplyReader reader, MessageSequence reply) {
                return reader.leaseTimeToLive(reply);
            }
        });
    }

    /** All leases. */
    public CompletableFuture<LeaseListResult> list() {
        return client.start(new Call<LeaseListResult>(client, client.writer().leases(), false) {
            @Override
            LeaseListResult decode(ReplyReader reader, MessageSequence reply) {
                return reader.leases(reply);
            }
        });
    }
}
