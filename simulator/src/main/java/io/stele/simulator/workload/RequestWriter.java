package io.stele.simulator.workload;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.stele.transport.codec.CloseSessionRequestEncoder;
import io.stele.transport.codec.CompactRequestEncoder;
import io.stele.transport.codec.CompareEncoder;
import io.stele.transport.codec.CompareResult;
import io.stele.transport.codec.CompareTarget;
import io.stele.transport.codec.DeleteRangeRequestEncoder;
import io.stele.transport.codec.LeaseGrantRequestEncoder;
import io.stele.transport.codec.LeaseKeepAliveRequestEncoder;
import io.stele.transport.codec.LeaseLeasesRequestEncoder;
import io.stele.transport.codec.LeaseRevokeRequestEncoder;
import io.stele.transport.codec.LeaseTimeToLiveRequestEncoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.NoOperationEncoder;
import io.stele.transport.codec.OpenSessionRequestEncoder;
import io.stele.transport.codec.PutRequestEncoder;
import io.stele.transport.codec.RangeRequestEncoder;
import io.stele.transport.codec.StatusRequestEncoder;
import io.stele.transport.codec.TxnRequestEncoder;
import org.agrona.ExpandableArrayBuffer;

/** Writes requests as the protocol has them, one message after the other. */
public final class RequestWriter {
    static final byte[] NO_BYTES = new byte[0];

    /** Bits of a put's options, in the order of the schema. */
    static final int PREVIOUS = 1;

    static final int IGNORE_VALUE = 2;
    static final int IGNORE_LEASE = 4;

    /** Bits of a range's options. */
    static final int KEYS_ONLY = 1;

    static final int COUNT_ONLY = 2;
    static final int SERIALIZABLE = 4;

    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(1024);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final PutRequestEncoder put = new PutRequestEncoder();
    private final RangeRequestEncoder range = new RangeRequestEncoder();
    private final DeleteRangeRequestEncoder delete = new DeleteRangeRequestEncoder();
    private final TxnRequestEncoder txn = new TxnRequestEncoder();
    private final CompareEncoder compare = new CompareEncoder();
    private int length;

    /** What was written, and forgets it. */
    public byte[] take() {
        byte[] bytes = new byte[length];
        buffer.getBytes(0, bytes);
        length = 0;
        return bytes;
    }

    public RequestWriter put(long correlationId, byte[] key, byte[] value, long lease, int options) {
        put.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .sessionId(0)
                .sequence(0)
                .lease(lease);
        put.flags()
                .clear()
                .previous((options & PREVIOUS) != 0)
                .ignoreValue((options & IGNORE_VALUE) != 0)
                .ignoreLease((options & IGNORE_LEASE) != 0);
        put.putKey(key, 0, key.length).putValue(value, 0, value.length);
        length = put.limit();
        return this;
    }

    RequestWriter range(long correlationId, byte[] key, byte[] end, RangeShape shape) {
        range.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .revision(shape.revision)
                .pairLimit(shape.pairLimit)
                .minModRevision(shape.minModRevision)
                .maxModRevision(shape.maxModRevision)
                .minCreateRevision(shape.minCreateRevision)
                .maxCreateRevision(shape.maxCreateRevision)
                .sortOrder(shape.order)
                .sortTarget(shape.target);
        range.flags()
                .clear()
                .keysOnly((shape.options & KEYS_ONLY) != 0)
                .countOnly((shape.options & COUNT_ONLY) != 0)
                .serializable((shape.options & SERIALIZABLE) != 0);
        range.putKey(key, 0, key.length).putRangeEnd(end, 0, end.length);
        length = range.limit();
        return this;
    }

    /** All keys, as they were at a revision; 0: now. */
    public RequestWriter everything(long correlationId, long revision) {
        RangeShape shape = new RangeShape();
        shape.revision = revision;
        byte[] zero = {0};
        return range(correlationId, zero, zero, shape);
    }

    /** Some keys, as they are now. */
    public RequestWriter between(long correlationId, byte[] key, byte[] end) {
        return range(correlationId, key, end, new RangeShape());
    }

    /** One key, as it is now. */
    public RequestWriter get(long correlationId, byte[] key) {
        return range(correlationId, key, NO_BYTES, new RangeShape());
    }

    public RequestWriter delete(long correlationId, byte[] key, byte[] end, boolean previous) {
        delete.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .sessionId(0)
                .sequence(0);
        delete.flags().clear().previous(previous);
        delete.putKey(key, 0, key.length).putRangeEnd(end, 0, end.length);
        length = delete.limit();
        return this;
    }

    /** Its parts are to follow. */
    public RequestWriter txn(long correlationId, int compareCount, int successCount, int failureCount) {
        txn.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .sessionId(0)
                .sequence(0)
                .compareCount(compareCount)
                .successCount(successCount)
                .failureCount(failureCount);
        txn.flags().clear();
        length = txn.limit();
        return this;
    }

    public RequestWriter compare(byte[] key, byte[] end, CompareTarget target, CompareResult result, long number) {
        return compare(key, end, target, result, number, NO_BYTES);
    }

    public RequestWriter compare(
            byte[] key, byte[] end, CompareTarget target, CompareResult result, long number, byte[] value) {
        compare.wrapAndApplyHeader(buffer, length, header)
                .number(number)
                .result(result)
                .target(target);
        compare.putKey(key, 0, key.length).putRangeEnd(end, 0, end.length).putValue(value, 0, value.length);
        length = compare.limit();
        return this;
    }

    public RequestWriter compact(long correlationId, long revision, boolean physical) {
        CompactRequestEncoder compact = new CompactRequestEncoder();
        compact.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .sessionId(0)
                .sequence(0)
                .revision(revision);
        compact.flags().clear().physical(physical);
        length = compact.limit();
        return this;
    }

    public RequestWriter grant(long correlationId, long leaseId, long ttl) {
        LeaseGrantRequestEncoder grant = new LeaseGrantRequestEncoder();
        grant.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .sessionId(0)
                .sequence(0)
                .leaseId(leaseId)
                .ttl(ttl);
        length = grant.limit();
        return this;
    }

    public RequestWriter revoke(long correlationId, long leaseId) {
        LeaseRevokeRequestEncoder revoke = new LeaseRevokeRequestEncoder();
        revoke.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .sessionId(0)
                .sequence(0)
                .leaseId(leaseId);
        length = revoke.limit();
        return this;
    }

    public RequestWriter timeToLive(long correlationId, long leaseId, boolean keys) {
        LeaseTimeToLiveRequestEncoder query = new LeaseTimeToLiveRequestEncoder();
        query.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .leaseId(leaseId);
        query.flags().clear().keys(keys);
        length = query.limit();
        return this;
    }

    public RequestWriter keepAlive(long correlationId, long leaseId) {
        LeaseKeepAliveRequestEncoder renewal = new LeaseKeepAliveRequestEncoder();
        renewal.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .leaseId(leaseId);
        length = renewal.limit();
        return this;
    }

    public RequestWriter leases(long correlationId) {
        LeaseLeasesRequestEncoder query = new LeaseLeasesRequestEncoder();
        query.wrapAndApplyHeader(buffer, length, header).correlationId(correlationId);
        length = query.limit();
        return this;
    }

    public RequestWriter status(long correlationId) {
        StatusRequestEncoder query = new StatusRequestEncoder();
        query.wrapAndApplyHeader(buffer, length, header).correlationId(correlationId);
        length = query.limit();
        return this;
    }

    public RequestWriter openSession(long correlationId, long nonce) {
        OpenSessionRequestEncoder open = new OpenSessionRequestEncoder();
        open.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .nonce(nonce);
        length = open.limit();
        return this;
    }

    public RequestWriter closeSession(long correlationId, long sessionId) {
        CloseSessionRequestEncoder close = new CloseSessionRequestEncoder();
        close.wrapAndApplyHeader(buffer, length, header)
                .correlationId(correlationId)
                .closedSessionId(sessionId);
        length = close.limit();
        return this;
    }

    /** Numbers the write that was written first; all that can be numbered have the numbers in one place. */
    RequestWriter numbered(long sessionId, long sequence) {
        int body = MessageHeaderEncoder.ENCODED_LENGTH;
        buffer.putLong(body + PutRequestEncoder.sessionIdEncodingOffset(), sessionId, LITTLE_ENDIAN);
        buffer.putLong(body + PutRequestEncoder.sequenceEncodingOffset(), sequence, LITTLE_ENDIAN);
        return this;
    }

    public RequestWriter noOperation() {
        NoOperationEncoder none = new NoOperationEncoder();
        none.wrapAndApplyHeader(buffer, length, header).correlationId(0);
        length = none.limit();
        return this;
    }
}
