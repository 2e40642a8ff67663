package io.stele.simulator.model;

import io.stele.transport.ApiError;
import io.stele.transport.codec.CloseSessionReplyEncoder;
import io.stele.transport.codec.CompactReplyEncoder;
import io.stele.transport.codec.DeleteRangeReplyEncoder;
import io.stele.transport.codec.ErrorReplyEncoder;
import io.stele.transport.codec.KeyValueEncoder;
import io.stele.transport.codec.LeaseGrantReplyEncoder;
import io.stele.transport.codec.LeaseItemEncoder;
import io.stele.transport.codec.LeaseKeepAliveReplyEncoder;
import io.stele.transport.codec.LeaseLeasesReplyEncoder;
import io.stele.transport.codec.LeaseRevokeReplyEncoder;
import io.stele.transport.codec.LeaseTimeToLiveReplyEncoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.OpenSessionReplyEncoder;
import io.stele.transport.codec.PutReplyEncoder;
import io.stele.transport.codec.RangeReplyEncoder;
import io.stele.transport.codec.TxnReplyEncoder;
import java.util.Collection;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;

/** Writes the model's answers as messages. */
final class Reply {
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(1024);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final KeyValueEncoder keyValue = new KeyValueEncoder();
    private int length;

    byte[] take() {
        byte[] bytes = new byte[length];
        buffer.getBytes(0, bytes);
        length = 0;
        return bytes;
    }

    void error(long correlationId, ApiError error) {
        length = 0;
        ErrorReplyEncoder e = new ErrorReplyEncoder();
        e.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .revision(0)
                .raftTerm(0);
        e.code(error.code()).flags().clear().notApplied(true);
        e.text(error.text());
        length = e.limit();
    }

    /** A write was carried out before, and its answer is not known any more. */
    void replyLost(long correlationId) {
        length = 0;
        ErrorReplyEncoder e = new ErrorReplyEncoder();
        e.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .revision(0)
                .raftTerm(0);
        e.code(ApiError.REPLY_LOST.code()).flags().clear().applied(true);
        e.text(ApiError.REPLY_LOST.text());
        length = e.limit();
    }

    void openSession(long correlationId, long revision) {
        OpenSessionReplyEncoder e = new OpenSessionReplyEncoder();
        e.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .revision(revision)
                .raftTerm(0);
        e.sessionId(0).slotCount(SessionModel.SLOTS).flags().clear();
        length = e.limit();
    }

    void closeSession(long correlationId, long revision) {
        CloseSessionReplyEncoder e = new CloseSessionReplyEncoder();
        e.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .revision(revision)
                .raftTerm(0);
        e.flags().clear();
        length = e.limit();
    }

    void put(long correlationId, long revision, Version previous, byte[] key) {
        PutReplyEncoder e = new PutReplyEncoder();
        e.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .revision(revision)
                .raftTerm(0);
        e.flags().clear().previous(previous != null);
        length = e.limit();
        if (previous != null) {
            pair(key, previous);
        }
    }

    void range(long correlationId, long revision, boolean more, long pairCount, long count) {
        RangeReplyEncoder e = new RangeReplyEncoder();
        e.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .revision(revision)
                .raftTerm(0);
        e.kvCount(pairCount).count(count).flags().clear().more(more);
        length = e.limit();
    }

    void delete(long correlationId, long revision, long pairCount, long deleted) {
        DeleteRangeReplyEncoder e = new DeleteRangeReplyEncoder();
        e.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .revision(revision)
                .raftTerm(0);
        e.kvCount(pairCount).deleted(deleted).flags().clear();
        length = e.limit();
    }

    /** Returns where it is, for {@link #txnRevision}. */
    int txn(long correlationId, boolean succeeded, long replyCount) {
        int at = length;
        TxnReplyEncoder e = new TxnReplyEncoder();
        e.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .revision(0)
                .raftTerm(0);
        e.replyCount(replyCount).flags().clear().succeeded(succeeded);
        length = e.limit();
        return at;
    }

    void txnRevision(int at, long revision) {
        new TxnReplyEncoder()
                .wrap(buffer, at + MessageHeaderEncoder.ENCODED_LENGTH)
                .revision(revision);
    }

    void compact(long correlationId, long revision) {
        CompactReplyEncoder e = new CompactReplyEncoder();
        e.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .revision(revision)
                .raftTerm(0);
        e.flags().clear();
        length = e.limit();
    }

    void grant(long correlationId, long revision, long leaseId, long ttl) {
        LeaseGrantReplyEncoder e = new LeaseGrantReplyEncoder();
        e.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .revision(revision)
                .raftTerm(0);
        e.leaseId(leaseId).ttl(ttl).flags().clear();
        length = e.limit();
    }

    void revoke(long correlationId, long revision) {
        LeaseRevokeReplyEncoder e = new LeaseRevokeReplyEncoder();
        e.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .revision(revision)
                .raftTerm(0);
        e.flags().clear();
        length = e.limit();
    }

    void timeToLive(long correlationId, long revision, long leaseId, Long ttl, List<byte[]> keys) {
        LeaseTimeToLiveReplyEncoder e = new LeaseTimeToLiveReplyEncoder();
        e.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .revision(revision)
                .raftTerm(0);
        e.kvCount(keys.size()).leaseId(leaseId).ttl(ttl == null ? -1 : 1).grantedTtl(ttl == null ? 0 : ttl);
        e.flags().clear();
        length = e.limit();
        keys.forEach(key -> pair(key, Version.NOTHING));
    }

    void keepAlive(long correlationId, long revision, long leaseId, Long ttl) {
        LeaseKeepAliveReplyEncoder e = new LeaseKeepAliveReplyEncoder();
        e.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .revision(revision)
                .raftTerm(0);
        e.leaseId(leaseId).ttl(ttl == null ? 0 : ttl).flags().clear();
        length = e.limit();
    }

    void leases(long correlationId, long revision, Collection<Long> leases) {
        LeaseLeasesReplyEncoder e = new LeaseLeasesReplyEncoder();
        e.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .revision(revision)
                .raftTerm(0);
        e.leaseCount(leases.size()).flags().clear();
        length = e.limit();
        for (long lease : leases) {
            LeaseItemEncoder item = new LeaseItemEncoder();
            item.wrapAndApplyHeader(buffer, length, header).leaseId(lease);
            length = item.limit();
        }
    }

    void pair(byte[] key, Version version) {
        keyValue.wrapAndApplyHeader(buffer, length, header)
                .createRevision(version.create())
                .modRevision(version.main())
                .version(version.number())
                .lease(version.lease());
        keyValue.putKey(key, 0, key.length).putValue(version.value(), 0, version.value().length);
        length = keyValue.limit();
    }
}
