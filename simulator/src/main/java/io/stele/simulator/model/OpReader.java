package io.stele.simulator.model;

import io.stele.transport.MessageSequence;
import io.stele.transport.codec.AlarmRequestDecoder;
import io.stele.transport.codec.CloseSessionRequestDecoder;
import io.stele.transport.codec.CompactRequestDecoder;
import io.stele.transport.codec.CompareDecoder;
import io.stele.transport.codec.DeleteRangeRequestDecoder;
import io.stele.transport.codec.LeaseCheckpointRequestDecoder;
import io.stele.transport.codec.LeaseExpireRequestDecoder;
import io.stele.transport.codec.LeaseGrantRequestDecoder;
import io.stele.transport.codec.LeaseKeepAliveRequestDecoder;
import io.stele.transport.codec.LeaseLeasesRequestDecoder;
import io.stele.transport.codec.LeaseRevokeRequestDecoder;
import io.stele.transport.codec.LeaseTimeToLiveRequestDecoder;
import io.stele.transport.codec.OpenSessionRequestDecoder;
import io.stele.transport.codec.PutRequestDecoder;
import io.stele.transport.codec.RangeRequestDecoder;
import io.stele.transport.codec.TxnRequestDecoder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** Reads a request's messages into an {@link Op}. */
final class OpReader {
    private final MessageSequence m = new MessageSequence();
    private final PutRequestDecoder put = new PutRequestDecoder();
    private final RangeRequestDecoder range = new RangeRequestDecoder();
    private final DeleteRangeRequestDecoder delete = new DeleteRangeRequestDecoder();
    private final CompareDecoder compare = new CompareDecoder();

    Op read(byte[] request) {
        m.wrap(new UnsafeBuffer(request), 0, request.length);
        m.next();
        return operation();
    }

    private Op operation() {
        return switch (m.templateId()) {
            case PutRequestDecoder.TEMPLATE_ID -> put();
            case RangeRequestDecoder.TEMPLATE_ID -> range();
            case DeleteRangeRequestDecoder.TEMPLATE_ID -> delete();
            case TxnRequestDecoder.TEMPLATE_ID -> txn();
            case CompactRequestDecoder.TEMPLATE_ID ->
                new Op.Compact(new CompactRequestDecoder()
                        .wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version())
                        .revision());
            case LeaseGrantRequestDecoder.TEMPLATE_ID -> {
                LeaseGrantRequestDecoder d = new LeaseGrantRequestDecoder();
                d.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version());
                yield new Op.Grant(d.leaseId(), d.ttl());
            }
            case LeaseRevokeRequestDecoder.TEMPLATE_ID ->
                new Op.Revoke(new LeaseRevokeRequestDecoder()
                        .wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version())
                        .leaseId());
            case LeaseExpireRequestDecoder.TEMPLATE_ID -> {
                LeaseExpireRequestDecoder d = new LeaseExpireRequestDecoder();
                d.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version());
                yield new Op.Expire(d.term(), d.leaseId(), d.epoch());
            }
            case LeaseCheckpointRequestDecoder.TEMPLATE_ID -> checkpoint();
            case LeaseTimeToLiveRequestDecoder.TEMPLATE_ID -> {
                LeaseTimeToLiveRequestDecoder d = new LeaseTimeToLiveRequestDecoder();
                d.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version());
                yield new Op.TimeToLive(d.leaseId(), d.flags().keys());
            }
            case LeaseKeepAliveRequestDecoder.TEMPLATE_ID ->
                new Op.KeepAlive(new LeaseKeepAliveRequestDecoder()
                        .wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version())
                        .leaseId());
            case LeaseLeasesRequestDecoder.TEMPLATE_ID -> new Op.Leases();
            case AlarmRequestDecoder.TEMPLATE_ID -> {
                AlarmRequestDecoder d = new AlarmRequestDecoder();
                d.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version());
                yield new Op.Alarm(d.action(), d.alarm(), d.memberId());
            }
            case OpenSessionRequestDecoder.TEMPLATE_ID -> new Op.OpenSession();
            case CloseSessionRequestDecoder.TEMPLATE_ID ->
                new Op.CloseSession(new CloseSessionRequestDecoder()
                        .wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version())
                        .closedSessionId());
            default -> new Op.Other();
        };
    }

    private Op checkpoint() {
        LeaseCheckpointRequestDecoder d = new LeaseCheckpointRequestDecoder();
        d.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version());
        List<Long> leaseIds = new ArrayList<>();
        List<Long> grantedIndices = new ArrayList<>();
        int from = d.limit() + LeaseCheckpointRequestDecoder.leasesHeaderLength();
        for (int at = from; at < from + d.leasesLength(); at += 3 * Long.BYTES) {
            leaseIds.add(m.buffer().getLong(at, LeaseCheckpointRequestDecoder.BYTE_ORDER));
            grantedIndices.add(m.buffer().getLong(at + Long.BYTES, LeaseCheckpointRequestDecoder.BYTE_ORDER));
        }
        return new Op.Checkpoint(d.term(), leaseIds, grantedIndices);
    }

    private Op put() {
        put.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version());
        long lease = put.lease();
        boolean previous = put.flags().previous();
        boolean ignoreValue = put.flags().ignoreValue();
        boolean ignoreLease = put.flags().ignoreLease();
        byte[] key = new byte[put.keyLength()];
        put.getKey(key, 0, key.length);
        byte[] value = new byte[put.valueLength()];
        put.getValue(value, 0, value.length);
        return new Op.Put(key, value, lease, previous, ignoreValue, ignoreLease);
    }

    private Op range() {
        range.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version());
        byte[] key = new byte[range.keyLength()];
        range.getKey(key, 0, key.length);
        byte[] end = new byte[range.rangeEndLength()];
        range.getRangeEnd(end, 0, end.length);
        return new Op.Range(
                key,
                end,
                range.revision(),
                range.pairLimit(),
                range.minModRevision(),
                range.maxModRevision(),
                range.minCreateRevision(),
                range.maxCreateRevision(),
                range.sortOrderRaw(),
                range.sortTargetRaw(),
                range.flags().keysOnly(),
                range.flags().countOnly(),
                range.flags().serializable());
    }

    private Op delete() {
        delete.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version());
        boolean previous = delete.flags().previous();
        byte[] key = new byte[delete.keyLength()];
        delete.getKey(key, 0, key.length);
        byte[] end = new byte[delete.rangeEndLength()];
        delete.getRangeEnd(end, 0, end.length);
        return new Op.Delete(key, end, previous);
    }

    private Op txn() {
        TxnRequestDecoder txn = new TxnRequestDecoder();
        txn.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version());
        List<Op.Compare> compares = new ArrayList<>();
        for (long i = txn.compareCount(); i > 0; i--) {
            m.next();
            compares.add(compare());
        }
        return new Op.Txn(compares, operations(txn.successCount()), operations(txn.failureCount()));
    }

    private List<Op> operations(long count) {
        List<Op> operations = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            m.next();
            operations.add(operation());
        }
        return operations;
    }

    private Op.Compare compare() {
        compare.wrap(m.buffer(), m.bodyOffset(), m.blockLength(), m.version());
        byte[] key = new byte[compare.keyLength()];
        compare.getKey(key, 0, key.length);
        byte[] end = new byte[compare.rangeEndLength()];
        compare.getRangeEnd(end, 0, end.length);
        byte[] value = new byte[compare.valueLength()];
        compare.getValue(value, 0, value.length);
        return new Op.Compare(key, end, compare.targetRaw(), compare.resultRaw(), compare.number(), value);
    }
}
