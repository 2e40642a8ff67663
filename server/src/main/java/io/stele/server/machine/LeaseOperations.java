package io.stele.server.machine;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.transport.ApiError;
import io.stele.transport.MessageSequence;
import io.stele.transport.codec.LeaseCheckpointRequestDecoder;
import io.stele.transport.codec.LeaseExpireRequestDecoder;
import io.stele.transport.codec.LeaseGrantRequestDecoder;
import io.stele.transport.codec.LeaseLeasesRequestDecoder;
import io.stele.transport.codec.LeaseRevokeRequestDecoder;
import io.stele.transport.codec.LeaseTimeToLiveRequestDecoder;
import org.agrona.DirectBuffer;

/**
 * Leases: decoded, done, answered.
 *
 * <p>Two entries are a leader's own. The end of a lease whose time was up holds only in the term of who proposed it and
 * only if nothing was said of the lease since (rule R11). A checkpoint says what a lease has to live; one that leaves
 * it everything means that it was renewed.
 */
final class LeaseOperations {
    /** Leases of one checkpoint entry, each of three numbers. */
    static final int CHECKPOINT_ITEM_LENGTH = 3 * Long.BYTES;

    private final LeaseTable leases;
    private final KeySpace space;
    private final Operations operations;
    private final LeaseGrantRequestDecoder grant = new LeaseGrantRequestDecoder();
    private final OperationCounts counts;
    private final LeaseRevokeRequestDecoder revoke = new LeaseRevokeRequestDecoder();
    private final LeaseExpireRequestDecoder expire = new LeaseExpireRequestDecoder();
    private final LeaseCheckpointRequestDecoder checkpoint = new LeaseCheckpointRequestDecoder();
    private final LeaseTimeToLiveRequestDecoder timeToLive = new LeaseTimeToLiveRequestDecoder();
    private final LeaseLeasesRequestDecoder list = new LeaseLeasesRequestDecoder();
    private final LeaseRecord record = new LeaseRecord();
    private final KeyBatch batch = new KeyBatch();
    private LeaseObserver observer = LeaseObserver.NONE;

    LeaseOperations(LeaseTable leases, KeySpace space, Operations operations, OperationCounts counts) {
        this.counts = counts;
        this.leases = leases;
        this.space = space;
        this.operations = operations;
    }

    void observer(LeaseObserver newObserver) {
        observer = newObserver;
    }

    void grant(MessageSequence request, long logIndex, ReplyEncoder reply) {
        grant.wrap(request.buffer(), request.bodyOffset(), request.blockLength(), request.version());
        long leaseId = grant.leaseId() == 0 ? freeId(logIndex) : grant.leaseId();
        if (grant.ttl() > MachineLimits.LEASE_TTL_MAX) {
            fail(ApiError.LEASE_TTL_TOO_LARGE, grant.correlationId(), reply);
        } else if (leases.exists(leaseId)) {
            fail(ApiError.LEASE_EXISTS, grant.correlationId(), reply);
        } else {
            record.leaseId = leaseId;
            record.ttl = Math.max(grant.ttl(), MachineLimits.LEASE_TTL_MIN);
            record.remaining = record.ttl;
            record.grantedIndex = logIndex;
            record.epoch = logIndex;
            leases.grant(record);
            counts.leasesGranted++;
            observer.onGranted(record);
            if (reply != null) {
                reply.leaseGrant(grant.correlationId(), space.revision(), leaseId, record.ttl);
            }
        }
    }

    /** A positive id that is free, the same one on every member. */
    private long freeId(long logIndex) {
        long mixed = (logIndex ^ (logIndex >>> 31)) * 0x9E3779B97F4A7C15L;
        long leaseId = (mixed ^ (mixed >>> 29)) & Long.MAX_VALUE;
        while (leaseId == 0 || leases.exists(leaseId)) {
            leaseId = (leaseId + 1) & Long.MAX_VALUE;
        }
        return leaseId;
    }

    void revoke(MessageSequence request, ReplyEncoder reply) {
        revoke.wrap(request.buffer(), request.bodyOffset(), request.blockLength(), request.version());
        if (!leases.exists(revoke.leaseId())) {
            fail(ApiError.LEASE_NOT_FOUND, revoke.correlationId(), reply);
            return;
        }
        end(revoke.leaseId());
        counts.leasesRevoked++;
        if (reply != null) {
            reply.leaseRevoke(revoke.correlationId(), space.revision());
        }
    }

    void expire(MessageSequence request, long term) {
        expire.wrap(request.buffer(), request.bodyOffset(), request.blockLength(), request.version());
        long leaseId = expire.leaseId();
        if (expire.term() == term && leases.find(leaseId, record) && record.epoch == expire.epoch()) {
            end(leaseId);
            counts.leasesRevoked++;
            counts.leasesExpired++;
        } else {
            observer.onExpiryRefused(leaseId);
        }
    }

    /** It ends at another time. */
    void refuseExpiry(MessageSequence request) {
        expire.wrap(request.buffer(), request.bodyOffset(), request.blockLength(), request.version());
        observer.onExpiryRefused(expire.leaseId());
    }

    /** All keys in the one revision of the entry. */
    private void end(long leaseId) {
        while (leases.collectKeys(leaseId, batch)) {
            operations.deleteBatch(batch, null);
        }
        leases.remove(leaseId);
        observer.onEnded(leaseId);
    }

    void checkpoint(MessageSequence request, long logIndex, long term) {
        checkpoint.wrap(request.buffer(), request.bodyOffset(), request.blockLength(), request.version());
        if (checkpoint.term() != term) {
            return;
        }
        DirectBuffer buffer = request.buffer();
        int length = checkpoint.leasesLength();
        int from = checkpoint.limit() + LeaseCheckpointRequestDecoder.leasesHeaderLength();
        for (int at = from; at + CHECKPOINT_ITEM_LENGTH <= from + length; at += CHECKPOINT_ITEM_LENGTH) {
            long leaseId = buffer.getLong(at, LITTLE_ENDIAN);
            long grantedIndex = buffer.getLong(at + Long.BYTES, LITTLE_ENDIAN);
            long remaining = buffer.getLong(at + 2 * Long.BYTES, LITTLE_ENDIAN);
            if (leases.find(leaseId, record) && record.grantedIndex == grantedIndex) {
                record.remaining = remaining <= 0 ? record.ttl : Math.min(remaining, record.ttl);
                record.epoch = logIndex;
                leases.update(record);
                observer.onCheckpointed(record);
            }
        }
    }

    /** Answers with so many seconds left, if there is such a lease; all that it was granted if negative. */
    void readTimeToLive(MessageSequence request, long secondsLeft, ReplyEncoder reply) {
        timeToLive.wrap(request.buffer(), request.bodyOffset(), request.blockLength(), request.version());
        long leaseId = timeToLive.leaseId();
        long granted = leases.ttl(leaseId);
        long left = granted < 0 || secondsLeft < 0 ? granted : secondsLeft;
        int at = reply.beginTimeToLive(
                timeToLive.correlationId(), space.revision(), leaseId, left, Math.max(granted, 0));
        if (granted >= 0 && timeToLive.flags().keys()) {
            reply.endTimeToLive(at, leases.encodeKeys(leaseId, reply));
        }
        reply.finish(timeToLive.correlationId(), space.revision());
    }

    void readAll(MessageSequence request, ReplyEncoder reply) {
        list.wrap(request.buffer(), request.bodyOffset(), request.blockLength(), request.version());
        reply.leaseLeases(list.correlationId(), space.revision(), leases.count());
        LeaseListing listing = new LeaseListing((int) leases.count());
        leases.visit(0, Integer.MAX_VALUE, lease -> listing.add(lease.leaseId, observer.msLeft(lease)));
        listing.inOrder(reply::leaseItem);
    }

    private void fail(ApiError error, long correlationId, ReplyEncoder reply) {
        if (reply != null) {
            reply.error(error, correlationId, space.revision());
        }
    }
}
