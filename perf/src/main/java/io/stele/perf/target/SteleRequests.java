package io.stele.perf.target;

import io.stele.transport.codec.CompareEncoder;
import io.stele.transport.codec.CompareResult;
import io.stele.transport.codec.CompareTarget;
import io.stele.transport.codec.DeleteRangeRequestEncoder;
import io.stele.transport.codec.MessageHeaderEncoder;
import io.stele.transport.codec.PutRequestEncoder;
import io.stele.transport.codec.RangeRequestEncoder;
import io.stele.transport.codec.SortOrder;
import io.stele.transport.codec.SortTarget;
import io.stele.transport.codec.TxnRequestEncoder;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Writes the bench's requests into one buffer; one per thread. Allocates nothing after the longest request. */
final class SteleRequests {
    private static final byte[] NO_BYTES = {};

    private final MutableDirectBuffer buffer = new ExpandableDirectByteBuffer(4096);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final PutRequestEncoder put = new PutRequestEncoder();
    private final RangeRequestEncoder range = new RangeRequestEncoder();
    private final DeleteRangeRequestEncoder delete = new DeleteRangeRequestEncoder();
    private final TxnRequestEncoder txn = new TxnRequestEncoder();
    private final CompareEncoder compare = new CompareEncoder();
    private final UnsafeBuffer key = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer value = new UnsafeBuffer(0, 0);

    MutableDirectBuffer buffer() {
        return buffer;
    }

    /** A view of the bytes, for requests that the client writes itself. */
    UnsafeBuffer keyView(byte[] bytes) {
        key.wrap(bytes);
        return key;
    }

    /** A view of the bytes, for requests that the client writes itself. */
    UnsafeBuffer valueView(byte[] bytes) {
        value.wrap(bytes);
        return value;
    }

    /** Returns the length; so do the others. */
    int put(byte[] keyBytes, byte[] values, int offset, int length) {
        return appendPut(0, keyBytes, values, offset, length);
    }

    private int appendPut(int at, byte[] keyBytes, byte[] values, int offset, int length) {
        put.wrapAndApplyHeader(buffer, at, header)
                .correlationId(0)
                .sessionId(0)
                .sequence(0)
                .lease(0);
        put.flags().clear();
        put.putKey(keyBytes, 0, keyBytes.length).putValue(values, offset, length);
        return put.limit();
    }

    int delete(byte[] keyBytes) {
        delete.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(0)
                .sessionId(0)
                .sequence(0);
        delete.flags().clear();
        delete.putKey(keyBytes, 0, keyBytes.length).putRangeEnd(NO_BYTES, 0, 0);
        return delete.limit();
    }

    int range(byte[] from, byte[] to, long limit, boolean serializable, boolean countOnly) {
        return appendRange(0, from, to, limit, serializable, countOnly);
    }

    int get(byte[] keyBytes, boolean serializable) {
        return appendRange(0, keyBytes, NO_BYTES, 0, serializable, false);
    }

    private int appendRange(int at, byte[] from, byte[] to, long limit, boolean serializable, boolean countOnly) {
        range.wrapAndApplyHeader(buffer, at, header)
                .correlationId(0)
                .revision(0)
                .pairLimit(limit)
                .minModRevision(0)
                .maxModRevision(0)
                .minCreateRevision(0)
                .maxCreateRevision(0)
                .sortOrder(SortOrder.NONE)
                .sortTarget(SortTarget.KEY);
        range.flags().clear().serializable(serializable).countOnly(countOnly);
        range.putKey(from, 0, from.length).putRangeEnd(to, 0, to.length);
        return range.limit();
    }

    /** If the key exists, put it; else get it. */
    int txn(byte[] keyBytes, byte[] values, int offset, int length) {
        txn.wrapAndApplyHeader(buffer, 0, header)
                .correlationId(0)
                .sessionId(0)
                .sequence(0)
                .compareCount(1)
                .successCount(1)
                .failureCount(1);
        txn.flags().clear();
        compare.wrapAndApplyHeader(buffer, txn.limit(), header)
                .number(0)
                .result(CompareResult.GREATER)
                .target(CompareTarget.MOD);
        compare.putKey(keyBytes, 0, keyBytes.length).putRangeEnd(NO_BYTES, 0, 0).putValue(NO_BYTES, 0, 0);
        return appendRange(
                appendPut(compare.limit(), keyBytes, values, offset, length), keyBytes, NO_BYTES, 0, false, false);
    }
}
